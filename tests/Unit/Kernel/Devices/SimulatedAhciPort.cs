using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A port of <see cref="SimulatedAhci"/>, and the link to the disk on it.</summary>
internal sealed class SimulatedAhciPort(SimulatedAhci controller)
{
    private const uint Start = 1;
    private const uint FisEnable = 0x10;
    private const uint FisRunning = 0x4000;
    private const uint ListRunning = 0x8000;

    private readonly uint[] _registers = new uint[32];
    private readonly List<int> _accepted = [];
    private bool _hasFailed;
    private ulong _settles = ulong.MaxValue;
    private ulong _linkAt = ulong.MaxValue;
    private ulong _readyAt = ulong.MaxValue;

    /// <summary>What is plugged in; null: nothing.</summary>
    public SimulatedAtaDisk? Disk { get; set; }

    /// <summary>How long the link takes after COMRESET; null: for ever.</summary>
    public ulong? LinkMicroseconds { get; set; } = 4000;

    /// <summary>How long the device takes to get ready after that; null: for ever.</summary>
    public ulong? ReadyMicroseconds { get; set; } = 20_000;

    /// <summary>PxCMD.CR follows PxCMD.ST never.</summary>
    public bool NeverStops { get; set; }

    public int CompletionsPerPause { get; set; } = 4;

    public bool IsReversed { get; set; }

    /// <summary>
    /// QEMU 7.2: a queued command that fails shows in PxTFD until the next one succeeds, and in PxSERR, and stops nothing;
    /// there is no error log.
    /// </summary>
    public bool IsQemu { get; set; }

    /// <summary>Tags that end in a link error once.</summary>
    public HashSet<int> LinkErrors { get; } = [];

    public int MostAccepted { get; private set; }

    public int ComResets { get; private set; }

    public uint Command
    {
        get => this[0x18];
        set => this[0x18] = value;
    }

    public uint SataControl => this[0x2C];

    /// <summary>Running in the middle of commands of the old kernel's.</summary>
    public void LeaveRunning(uint taskFile, uint errors)
    {
        Command = Start | FisEnable | FisRunning | ListRunning | 6;
        this[0x00] = 0x80_0000;
        this[0x08] = 0x80_1000;
        this[0x10] = errors;
        this[0x14] = 0x7DC0_00FF;
        this[0x20] = taskFile;
        this[0x28] = 0x123;
        this[0x2C] = 0;
        this[0x30] = errors;
        this[0x34] = 0xFFFF;
        this[0x38] = 0xFFFF;
    }

    /// <summary>Pulls the disk out.</summary>
    public void PullOut()
    {
        Disk = null;
        _accepted.Clear();
        this[0x28] = 0;
        this[0x10] |= 1u << 22;
    }

    public uint Read(uint offset) => this[offset];

    public void Write(uint offset, uint value)
    {
        switch (offset)
        {
            case 0x00 or 0x04 when (Command & ListRunning) != 0:
            case 0x08 or 0x0C when (Command & FisRunning) != 0:
                throw new InvalidOperationException("an address changes while it is in use");
            case 0x04 or 0x0C when !controller.Has64Bits && value != 0:
                throw new InvalidOperationException("an address of more than 32 bits");
            case 0x10 or 0x30:
                this[offset] &= ~value;
                break;
            case 0x18:
                WriteCommand(value);
                break;
            case 0x2C:
                WriteSataControl(value);
                break;
            case 0x34:
                Check((Command & Start) != 0, "PxSACT is set while the list does not run");
                this[0x34] |= value;
                break;
            case 0x38:
                Issue(value);
                break;
            case 0x20 or 0x24 or 0x28:
                throw new InvalidOperationException("a read-only register is written");
            default:
                this[offset] = value;
                break;
        }
    }

    /// <summary>GHC.HR: everything but the addresses (10.4.3).</summary>
    public void ResetByHost()
    {
        Stop();
        Command = 0;
        this[0x10] = 0;
        this[0x14] = 0;
        this[0x2C] = 0;
        this[0x30] = 0;
        ComReset();
    }

    public void Progress(ulong now)
    {
        if (now >= _settles && !NeverStops)
        {
            _settles = ulong.MaxValue;
            Command &= ~(((Command & Start) == 0 ? ListRunning : 0) | ((Command & FisEnable) == 0 ? FisRunning : 0));
        }
        if (now >= _linkAt && Disk != null)
        {
            _linkAt = ulong.MaxValue;
            this[0x28] = 0x123;
            this[0x30] = 1u << 26;
            _readyAt = now + (ReadyMicroseconds ?? (ulong.MaxValue / 2));
        }
        // The signature waits until it may be received, and until the exchange of devices is acknowledged (3.3.8).
        if (now >= _readyAt && (Command & FisEnable) != 0 && (this[0x30] & (1u << 26)) == 0)
        {
            _readyAt = ulong.MaxValue;
            this[0x20] = 0x0150;
            this[0x24] = Disk!.Signature;
            Receive(0x40, 0x34, 0x50);
        }
        // After an error nothing more is sent until the list starts anew (6.2.2).
        bool isRunning = (Command & ListRunning) != 0;
        for (int i = 0; i < CompletionsPerPause && _accepted.Count != 0 && isRunning && !_hasFailed; i++)
        {
            int at = IsReversed
                ? _accepted.FindLastIndex(slot => !IsLost(slot))
                : _accepted.FindIndex(slot => !IsLost(slot));
            if (at < 0)
            {
                break;
            }
            int slot = _accepted[at];
            _accepted.RemoveAt(at);
            Run(slot);
        }
    }

    private uint this[uint offset]
    {
        get => _registers[offset / 4];
        set => _registers[offset / 4] = value;
    }

    private static void Check(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException(what);
        }
    }

    private static Span<byte> Memory(ulong address, int length) =>
        SimulatedMachine.Current.Memory.AsSpan((int)(uint)address, length);

    private ulong Address(uint offset) => this[offset] | ((ulong)this[offset + 4] << 32);

    private void Stop()
    {
        _accepted.Clear();
        this[0x34] = 0;
        this[0x38] = 0;
    }

    private void WriteCommand(uint value)
    {
        uint before = Command;
        Command = (before & (FisRunning | ListRunning)) | (value & 0x0C00_0017);
        if ((before & Start) == 0 && (value & Start) != 0)
        {
            Check((before & (ListRunning | FisEnable)) == FisEnable, "the list starts without FISes, or while it stops");
            Check((this[0x20] & 0x88) == 0 && (this[0x28] & 0xF) == 3, "the list starts while the device is not ready");
            Check(Address(0) % 1024 == 0 && Address(8) % 256 == 0, "misaligned command list");
            Check(controller.IsMaster, "the list starts without bus mastering");
            Command |= ListRunning;
            _hasFailed = false;
        }
        if ((value & FisEnable) != 0)
        {
            Command |= FisRunning;
        }
        if ((before & ~value & Start) != 0)
        {
            Stop();
        }
        if ((before & ~value & FisEnable) != 0)
        {
            Check((Command & ListRunning) == 0, "FISes end before the list does");
        }
        _settles = SimulatedMachine.Current.Now + 1000;
    }

    private void WriteSataControl(uint value)
    {
        Check(((value ^ this[0x2C]) & 0xF) == 0 || (Command & Start) == 0, "PxSCTL.DET changes while PxCMD.ST is set");
        bool ends = (this[0x2C] & 0xF) == 1 && (value & 0xF) == 0;
        this[0x2C] = value;
        if ((value & 0xF) == 1)
        {
            this[0x28] = 0;
            this[0x20] = 0x7F;
        }
        else if (ends)
        {
            Check((Command & 6) == 6, "COMRESET without power");
            ComReset();
        }
    }

    private void ComReset()
    {
        ComResets++;
        this[0x20] = 0x7F;
        this[0x24] = uint.MaxValue;
        this[0x28] = Disk == null ? 0u : 1u;
        _readyAt = ulong.MaxValue;
        _linkAt = SimulatedMachine.Current.Now + (LinkMicroseconds ?? (ulong.MaxValue / 2));
        if (Disk != null)
        {
            Disk.IsAborted = false;
        }
    }

    private void Issue(uint bits)
    {
        Check((Command & Start) != 0, "a command is issued while the list does not run");
        Check((this[0x38] & bits) == 0, "a slot is issued twice");
        for (int slot = 0; slot < 32; slot++)
        {
            if ((bits >> slot & 1) != 0)
            {
                bool isQueued = Fis(slot)[2] is 0x60 or 0x61;
                Check(isQueued == ((this[0x34] >> slot & 1) != 0), "PxSACT and the command do not agree");
                Check((this[0x34] == 0) != isQueued, "queued commands and others together");
                _accepted.Add(slot);
            }
        }
        this[0x38] |= bits;
        MostAccepted = Math.Max(MostAccepted, _accepted.Count);
    }

    private Span<byte> Header(int slot) => Memory(Address(0) + ((ulong)slot * 32), 32);

    private Span<byte> Fis(int slot)
    {
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(Header(slot)[8..]);
        Check(table % 128 == 0 && (controller.Has64Bits || table >> 32 == 0), $"command table {table:x}");
        Span<byte> fis = Memory(table, 20);
        Check(fis[0] == 0x27 && fis[1] == 0x80 && (Header(slot)[0] & 0x1F) == 5, "not a command");
        return fis;
    }

    private static ulong Block(ReadOnlySpan<byte> fis) =>
        (uint)(fis[4] | (fis[5] << 8) | (fis[6] << 16)) | ((ulong)(uint)(fis[8] | (fis[9] << 8) | (fis[10] << 16)) << 24);

    private bool IsLost(int slot) => Disk == null || Disk.LostBlocks.Contains(Block(Fis(slot))) && Fis(slot)[2] is 0x25 or 0x35 or 0x60 or 0x61;

    private void Receive(int offset, byte type, byte status)
    {
        Span<byte> fis = Memory(Address(8) + (ulong)offset, 8);
        fis.Clear();
        fis[0] = type;
        fis[2] = status;
    }

    private void Run(int slot)
    {
        Check(controller.IsMaster, "a command without bus mastering");
        byte[] fis = Fis(slot).ToArray();
        Disk!.Commands.Add(fis[2]);
        bool isQueued = fis[2] is 0x60 or 0x61;
        if (LinkErrors.Remove(slot))
        {
            this[0x10] |= 1u << 27;
            this[0x30] |= 1u << 8;
            _hasFailed = true;
            return;
        }
        byte error = Disk.IsAborted && fis[2] != 0x2F ? (byte)4 : isQueued ? Transfer(slot, fis, fis[3] | (fis[11] << 8)) : Plain(slot, fis);
        uint bit = 1u << slot;
        if (error == 0)
        {
            this[0x20] = 0x50;
            this[0x38] &= ~bit;
            this[0x34] &= ~bit;
            Receive(isQueued ? 0x58 : 0x40, isQueued ? (byte)0xA1 : (byte)0x34, 0x50);
            return;
        }
        this[0x20] = 0x41 | ((uint)error << 8);
        Receive(isQueued ? 0x58 : 0x40, isQueued ? (byte)0xA1 : (byte)0x34, 0x41);
        if (isQueued && IsQemu)
        {
            this[0x38] &= ~bit;
            this[0x30] |= bit;
            return;
        }
        this[0x10] |= 1u << 30;
        Command = (Command & ~0x1F00u) | ((uint)slot << 8);
        _hasFailed = true;
        if (isQueued)
        {
            Disk.Abort(slot, error);
        }
    }

    private byte Plain(int slot, byte[] fis)
    {
        int count = fis[12] | (fis[13] << 8);
        switch (fis[2])
        {
            case 0xEC:
                Answer(slot, Disk!.Page);
                return 0;
            case 0x2F when Disk!.ErrorLog != null && !IsQemu:
                Check(fis[4] == 0x10 && count == 1, "which log?");
                Disk.IsAborted = false;
                Answer(slot, Disk.ErrorLog);
                return 0;
            case 0xEA:
                Disk!.Medium.Flushes++;
                return 0;
            case 0x42 or 0xEF:
                return 0;
            case 0x25 or 0x35:
                return Transfer(slot, fis, count);
            default:
                return 4;
        }
    }

    private void Answer(int slot, byte[] bytes)
    {
        List<(ulong Address, int Length)> regions = SimulatedPrd.Regions(Header(slot), controller.Has64Bits);
        Check(regions.Count == 1 && regions[0].Length == bytes.Length, "an answer elsewhere");
        bytes.CopyTo(Memory(regions[0].Address, bytes.Length));
    }

    private byte Transfer(int slot, byte[] fis, int count)
    {
        SimulatedMedium medium = Disk!.Medium;
        bool isWrite = fis[2] is 0x61 or 0x35;
        Check(isWrite == ((Header(slot)[0] & 0x40) != 0), "direction of the header");
        Check(fis[2] < 0x60 || fis[12] >> 3 == slot, "a tag that is not the slot");
        Check(count != 0 && (fis[7] & 0x40) != 0, "a count of zero, or no LBA");
        ulong block = Block(fis);
        uint code = medium.CodeOf(block, (ulong)count);
        if (code != 0)
        {
            return (byte)code;
        }
        ulong position = block * (ulong)medium.BlockBytes;
        int left = count * medium.BlockBytes;
        foreach ((ulong address, int length) in SimulatedPrd.Regions(Header(slot), controller.Has64Bits))
        {
            medium.Transfer(position, (uint)address, length, isWrite);
            position += (ulong)length;
            left -= length;
        }
        Check(left == 0, "regions and count do not agree");
        return 0;
    }
}
