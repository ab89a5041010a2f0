using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>
/// An NVMe controller that follows the base specification and throws at a driver that does not: entries overwritten
/// while in use, queues that overflow, DMA without bus mastering.
/// </summary>
internal sealed class SimulatedNvme : IMmioDevice
{
    public const ulong Window = 0xFEB0_0000;
    public const ulong WindowBytes = 0x4000;

    private readonly SimulatedFunction _function;
    private readonly SimulatedNvmeQueue[] _queues = [new(), new()];
    private readonly List<(SimulatedNvmeQueue Queue, byte[] Command)> _accepted = [];
    private readonly uint[] _registers = new uint[0x40];
    private ulong _readyAt;

    public SimulatedNvme(SimulatedMachine machine, SimulatedFunction function)
    {
        _function = function.WithBar(0, Window, WindowBytes, is64: true);
        machine.Add(this);
        machine.Paused += Progress;
        Namespaces[1] = new SimulatedMedium(512, 8192);
        ControllerPage[77] = 5;
        ControllerPage[512] = 0x66;
        ControllerPage[513] = 0x44;
        ControllerPage[525] = 1;
        "Simulated NVMe    "u8.CopyTo(ControllerPage.AsSpan(24));
        _registers[2] = 0x0001_0400;
    }

    /// <summary>CAP: MQES, DSTRD and TO of a common drive; 64 entries more than the driver uses.</summary>
    public ulong Capabilities { get; set; } = 0x0000_0020_0F01_00FF;

    /// <summary>Answer of Identify Controller.</summary>
    public byte[] ControllerPage { get; } = new byte[4096];

    public SortedDictionary<uint, SimulatedMedium> Namespaces { get; } = [];

    /// <summary>Last word on the answer of Identify Namespace.</summary>
    public Action<byte[]>? ChangeNamespacePage { get; set; }

    /// <summary>How long CSTS.RDY takes to follow CC.EN; null: for ever.</summary>
    public ulong? ReadyMicroseconds { get; set; } = 2000;

    /// <summary>Completions per pause of the driver.</summary>
    public int CompletionsPerPause { get; set; } = 4;

    /// <summary>I/O commands that never complete, by their starting block.</summary>
    public HashSet<ulong> LostBlocks { get; } = [];

    /// <summary>Identify Namespace of these does not complete while they are in here.</summary>
    public HashSet<uint> HeldNamespaces { get; } = [];

    /// <summary>Completes in the opposite order.</summary>
    public bool IsReversed { get; set; }

    /// <summary>Adds completions with identifiers that nobody used.</summary>
    public bool AddsGarbage { get; set; }

    /// <summary>The number of queues cannot be set.</summary>
    public bool RefusesQueueCount { get; set; }

    /// <summary>All registers read as ones.</summary>
    public bool IsGone { get; set; }

    public int TailDoorbells { get; private set; }

    public int HeadDoorbells { get; private set; }

    public int MostAccepted { get; private set; }

    public int Resets { get; private set; }

    public int QueuesCreated { get; private set; }

    /// <summary>CC.EN was cleared while CSTS.RDY was yet to come, which has undefined results.</summary>
    public bool WasClearedTooEarly { get; private set; }

    public uint Configuration => _registers[5];

    public uint State
    {
        get => _registers[7];
        set => _registers[7] = value;
    }

    /// <summary>VS.</summary>
    public void SetVersion(uint version) => _registers[2] = version;

    public void SetFatal() => State |= 2;

    /// <summary>Enabled, as the old kernel left it, with commands of its own under way.</summary>
    public void LeaveRunning(uint state = 1)
    {
        _registers[5] = 0x0046_0001;
        State = state;
        _readyAt = (state & 3) == 0 ? ReadyAt() : ulong.MaxValue;
        _queues[0].Open(0x80_0000, 32, 0x80_1000, 32);
        _queues[1].Open(0x80_2000, 64, 0x80_3000, 64);
    }

    public bool HasAddress(ulong address) => address >= Window && address < Window + WindowBytes;

    public ulong ReadWindow(ulong address, int width)
    {
        int offset = (int)(address - Window);
        if (IsGone)
        {
            return ulong.MaxValue;
        }
        return offset switch
        {
            0 => (uint)Capabilities,
            4 => (uint)(Capabilities >> 32),
            < 0x100 => _registers[offset / 4],
            _ => 0,
        };
    }

    public void WriteWindow(ulong address, int width, ulong value)
    {
        int offset = (int)(address - Window);
        if (IsGone || (_function.Command & 2) == 0)
        {
            return;
        }
        if (offset >= 0x1000)
        {
            RingDoorbell((offset - 0x1000) >> 2 >> (int)(Capabilities >> 32 & 0xF), (int)value);
            return;
        }
        uint before = _registers[offset / 4];
        _registers[offset / 4] = (uint)value;
        if (offset == 0x14)
        {
            Configure(before, (uint)value);
        }
    }

    private void Configure(uint before, uint now)
    {
        bool wasEnabled = (before & 1) != 0;
        bool isEnabled = (now & 1) != 0;
        if (wasEnabled && !isEnabled)
        {
            Resets++;
            WasClearedTooEarly |= (State & 0xF) == 0;
            _accepted.Clear();
            _queues[0].Close();
            _queues[1].Close();
            State &= ~0xEu;
            _readyAt = ReadyAt();
        }
        else if (!wasEnabled && isEnabled)
        {
            int entries = (int)(_registers[9] & 0xFFF) + 1;
            ulong submission = _registers[10] | ((ulong)_registers[11] << 32);
            ulong completion = _registers[12] | ((ulong)_registers[13] << 32);
            _queues[0].Open(submission, entries, completion, (int)(_registers[9] >> 16) + 1);
            _readyAt = ReadyAt();
        }
        if ((now & 0xC000) != 0)
        {
            State = (State & ~0xCu) | 8;
        }
    }

    private ulong ReadyAt() =>
        ReadyMicroseconds is null ? ulong.MaxValue : SimulatedMachine.Current.Now + ReadyMicroseconds.Value;

    private void RingDoorbell(int index, int value)
    {
        SimulatedNvmeQueue queue = _queues[index / 2];
        if (index % 2 == 1)
        {
            HeadDoorbells++;
            queue.MoveHead(value);
            return;
        }
        TailDoorbells++;
        foreach (byte[] command in queue.TakeUntil(value))
        {
            _accepted.Add((queue, command));
        }
        MostAccepted = Math.Max(MostAccepted, _accepted.Count);
        if (_accepted.Count(entry => entry.Queue == queue) >= queue.SubmissionEntries)
        {
            throw new InvalidOperationException("more commands in flight than the submission queue has room for");
        }
    }

    private void Progress()
    {
        if (IsGone)
        {
            return;
        }
        if (SimulatedMachine.Current.Now >= _readyAt)
        {
            _readyAt = ulong.MaxValue;
            State = (State & ~1u) | (Configuration & 1);
        }
        if ((State & 3) != 1)
        {
            return;
        }
        for (int i = 0; i < CompletionsPerPause && _accepted.Count != 0; i++)
        {
            int next = IsReversed
                ? _accepted.FindLastIndex(entry => !IsLost(entry.Queue, entry.Command))
                : _accepted.FindIndex(entry => !IsLost(entry.Queue, entry.Command));
            if (next < 0)
            {
                break;
            }
            (SimulatedNvmeQueue queue, byte[] command) = _accepted[next];
            _accepted.RemoveAt(next);
            uint status = Run(queue == _queues[0], command);
            queue.Complete(BinaryPrimitives.ReadUInt16LittleEndian(command.AsSpan(2)), status);
        }
        if (AddsGarbage && _queues[1].HasRoom)
        {
            _queues[1].Complete(0xFFFE, 0);
        }
    }

    private bool IsLost(SimulatedNvmeQueue queue, byte[] command) => queue == _queues[1]
        ? LostBlocks.Contains(BinaryPrimitives.ReadUInt64LittleEndian(command.AsSpan(40)))
        : command[0] == 0x06 && HeldNamespaces.Contains(BinaryPrimitives.ReadUInt32LittleEndian(command.AsSpan(4)));

    // Returns the status type and code as type << 8 | code.
    private uint Run(bool isAdmin, byte[] command)
    {
        if (!_function.IsMaster)
        {
            throw new InvalidOperationException("a command without bus mastering");
        }
        uint space = BinaryPrimitives.ReadUInt32LittleEndian(command.AsSpan(4));
        uint dword10 = BinaryPrimitives.ReadUInt32LittleEndian(command.AsSpan(40));
        ulong prp1 = BinaryPrimitives.ReadUInt64LittleEndian(command.AsSpan(24));
        if (!isAdmin)
        {
            return Namespaces.TryGetValue(space, out SimulatedMedium? medium) ? RunIo(medium, command) : 0x00Bu;
        }
        switch (command[0])
        {
            case 0x06:
                return Identify(dword10, space, prp1);
            case 0x09:
                return RefusesQueueCount ? 0x002u : 0;
            case 0x05:
                QueuesCreated++;
                _queues[1].OpenCompletion(prp1, (int)(dword10 >> 16) + 1);
                return 0;
            case 0x01:
                QueuesCreated++;
                _queues[1].OpenSubmission(prp1, (int)(dword10 >> 16) + 1);
                return 0;
            default:
                return 0x001;
        }
    }

    private uint RunIo(SimulatedMedium medium, byte[] command)
    {
        if (command[0] == 0)
        {
            medium.Flushes++;
            return 0;
        }
        ulong block = BinaryPrimitives.ReadUInt64LittleEndian(command.AsSpan(40));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(command.AsSpan(48)) + 1;
        int length = count * medium.BlockBytes;
        if (ControllerPage[77] is > 0 and < 40 && length > 4096L << ControllerPage[77])
        {
            return 0x002;
        }
        if (block + (ulong)count > (ulong)medium.BlockCount)
        {
            return 0x080;
        }
        uint code = medium.CodeOf(block, (ulong)count);
        if (code == 0)
        {
            ulong position = block * (ulong)medium.BlockBytes;
            foreach (ulong page in SimulatedPrp.Pages(command, length))
            {
                int piece = Math.Min(4096, length);
                medium.Transfer(position, page, piece, command[0] == 1);
                position += (ulong)piece;
                length -= piece;
            }
        }
        return code;
    }

    private uint Identify(uint structure, uint space, ulong address)
    {
        Span<byte> answer = SimulatedMachine.Current.Memory.AsSpan((int)address, 4096);
        answer.Clear();
        switch (structure)
        {
            case 0 when Namespaces.TryGetValue(space, out SimulatedMedium? medium):
                byte[] page = new byte[4096];
                BinaryPrimitives.WriteUInt64LittleEndian(page, (ulong)medium.BlockCount);
                BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(128), medium.BlockBytes == 512 ? 9u << 16 : 12u << 16);
                ChangeNamespacePage?.Invoke(page);
                page.CopyTo(answer);
                return 0;
            case 0:
                return 0;
            case 1:
                ControllerPage.CopyTo(answer);
                BinaryPrimitives.WriteUInt32LittleEndian(answer[516..], Namespaces.Keys.LastOrDefault());
                return 0;
            case 2 when _registers[2] >= 0x0001_0100:
                int offset = 0;
                foreach (uint id in Namespaces.Keys)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(answer[offset..], id);
                    offset += 4;
                }
                return 0;
            default:
                return 0x002;
        }
    }
}
