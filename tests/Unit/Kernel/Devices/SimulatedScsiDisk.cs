using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A logical unit that follows SPC-4 and SBC-3. A bad block's code is its sense: key, code, qualifier.</summary>
internal sealed class SimulatedScsiDisk(SimulatedMedium medium)
{
    private static readonly SimulatedScsiAnswer Unknown = SimulatedScsiAnswer.Check(5, 0x20);

    public SimulatedMedium Medium { get; } = medium;

    /// <summary>First byte of INQUIRY data: qualifier and type.</summary>
    public byte Type { get; init; }

    public bool KnowsCapacity16 { get; set; } = true;

    public bool KnowsModeSense10 { get; set; } = true;

    public bool KnowsModeSense6 { get; set; } = true;

    public bool KnowsBlockLimits { get; set; } = true;

    public bool KnowsSynchronizeCache { get; set; } = true;

    public bool HasWriteCache { get; set; } = true;

    public bool IsWriteProtected { get; set; }

    /// <summary>It waits for START STOP UNIT.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The medium seems to have this many blocks more before its first: large disks fit into no test.</summary>
    public ulong BlocksBefore { get; set; }

    /// <summary>Longest transfer, blocks.</summary>
    public uint MostBlocks { get; set; }

    /// <summary>Block descriptors in front of a mode page, whether asked for or not.</summary>
    public int ModeDescriptorBytes { get; set; }

    /// <summary>Answers of a test's own, instead of the disk's; by the command.</summary>
    public Func<byte[], SimulatedScsiAnswer?> Instead { get; set; } = _ => null;

    public List<byte> Opcodes { get; } = [];

    /// <summary>Runs a command; the data of a transfer is moved piece by piece by <paramref name="move"/>.</summary>
    public SimulatedScsiAnswer Run(byte[] command, Action<ulong, bool> move)
    {
        Opcodes.Add(command[0]);
        if (Instead(command) is { } other)
        {
            return other;
        }
        return command[0] switch
        {
            0x00 => IsStopped ? SimulatedScsiAnswer.Check(2, 4, 2) : SimulatedScsiAnswer.Good,
            0x12 => Inquiry(command),
            0x1A when KnowsModeSense6 => new() { Data = Mode(4) },
            0x1B => Start(command),
            0x25 => new() { Data = Capacity10() },
            0x28 or 0x2A => Transfer(command[0] == 0x2A, Word(command, 2), Half(command, 7), move),
            0x35 when KnowsSynchronizeCache => Flush(command),
            0x5A when KnowsModeSense10 => new() { Data = Mode(8) },
            0x88 or 0x8A => Transfer(command[0] == 0x8A, Long(command, 2), Word(command, 10), move),
            0x9E when KnowsCapacity16 && (command[1] & 0x1F) == 0x10 => new() { Data = Capacity16() },
            _ => Unknown,
        };
    }

    private static uint Half(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));

    private static uint Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));

    private static ulong Long(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(at));

    private SimulatedScsiAnswer Inquiry(byte[] command)
    {
        byte[] data = new byte[command[1] == 1 ? 64 : 36];
        data[0] = Type;
        if (command[1] == 0)
        {
            "ACME    Disk of tests   "u8.CopyTo(data.AsSpan(8));
            return new() { Data = data };
        }
        data[1] = 0xB0;
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), MostBlocks);
        return KnowsBlockLimits && command[2] == 0xB0 ? new() { Data = data } : SimulatedScsiAnswer.Check(5, 0x24);
    }

    private SimulatedScsiAnswer Start(byte[] command)
    {
        IsStopped &= (command[4] & 1) == 0;
        return SimulatedScsiAnswer.Good;
    }

    private byte[] Capacity16()
    {
        byte[] data = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(data, BlocksBefore + (ulong)Medium.BlockCount - 1);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(8), Medium.BlockBytes);
        return data;
    }

    private byte[] Capacity10()
    {
        byte[] data = new byte[8];
        ulong last = BlocksBefore + (ulong)Medium.BlockCount - 1;
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)Math.Min(last, uint.MaxValue));
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), Medium.BlockBytes);
        return data;
    }

    private byte[] Mode(int headerBytes)
    {
        byte[] data = new byte[headerBytes + ModeDescriptorBytes + 20];
        data[headerBytes == 8 ? 3 : 2] = IsWriteProtected ? (byte)0x90 : (byte)0x10;
        data[headerBytes == 8 ? 7 : 3] = (byte)ModeDescriptorBytes;
        Span<byte> page = data.AsSpan(headerBytes + ModeDescriptorBytes);
        page[0] = 0x88;
        page[1] = 0x12;
        page[2] = HasWriteCache ? (byte)4 : (byte)0;
        return data;
    }

    private SimulatedScsiAnswer Flush(byte[] command)
    {
        Medium.Flushes++;
        return Word(command, 2) == 0 && Half(command, 7) == 0 ? SimulatedScsiAnswer.Good : SimulatedScsiAnswer.Check(5, 0x24);
    }

    private SimulatedScsiAnswer Transfer(bool isWrite, ulong first, uint count, Action<ulong, bool> move)
    {
        if (MostBlocks != 0 && count > MostBlocks)
        {
            return SimulatedScsiAnswer.Check(5, 0x24);
        }
        if (first < BlocksBefore || first - BlocksBefore + count > (ulong)Medium.BlockCount)
        {
            return SimulatedScsiAnswer.Check(5, 0x21);
        }
        if (isWrite && IsWriteProtected)
        {
            return SimulatedScsiAnswer.Check(7, 0x27);
        }
        uint code = Medium.CodeOf(first - BlocksBefore, count);
        if (code != 0)
        {
            return SimulatedScsiAnswer.Check((byte)(code >> 16), (byte)(code >> 8), (byte)code);
        }
        move((first - BlocksBefore) * (ulong)Medium.BlockBytes, isWrite);
        return SimulatedScsiAnswer.Good;
    }
}
