using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A virtio SCSI controller (virtio 1.2, 5.6), with its first request queue.</summary>
internal sealed class SimulatedVirtioScsi : SimulatedVirtioDevice
{
    private const int HeaderBytes = 19;
    private const int AnswerBytes = 12;
    private const byte BadTarget = 3;

    public SimulatedVirtioScsi(SimulatedMachine machine, SimulatedPci pci, bool isModern, bool isLegacy)
        : base(machine, pci, isLegacy ? (ushort)0x1004 : (ushort)0x1048, 2, isModern, isLegacy)
    {
        SetConfig32(0, 1);
        SetConfig32(4, 126);
        SetConfig32(8, 0xFFFF);
        SetConfig32(12, 128);
        SetConfig32(20, 96);
        SetConfig32(24, 32);
        SetConfig32(28, 255 << 16);
        SetConfig32(32, 16383);
    }

    /// <summary>Logical units by target and number.</summary>
    public Dictionary<(byte Target, int Lun), SimulatedScsiDisk> Units { get; } = [];

    /// <summary>Targets that never answer.</summary>
    public HashSet<byte> Silent { get; } = [];

    /// <summary>Targets that do not know REPORT LUNS.</summary>
    public HashSet<byte> Old { get; } = [];

    /// <summary>Entries of REPORT LUNS besides those of the units.</summary>
    public List<ulong> OtherEntries { get; } = [];

    public int Commands { get; private set; }

    protected override bool Run(List<SimulatedDescriptor> chain)
    {
        byte[] memory = SimulatedMachine.Current.Memory;
        int senseBytes = BinaryPrimitives.ReadInt32LittleEndian(Config[20..]);
        int commandBytes = BinaryPrimitives.ReadInt32LittleEndian(Config[24..]);
        int firstWritable = chain.FindIndex(each => each.IsWritable);
        if (chain[0].Length != HeaderBytes + commandBytes || firstWritable < 1
            || chain[firstWritable].Length != AnswerBytes + senseBytes
            || chain.Skip(firstWritable).Any(each => !each.IsWritable))
        {
            throw new InvalidOperationException("header, data and answer are not what and where they must be");
        }
        Commands++;
        byte[] request = memory.AsSpan((int)chain[0].Address, chain[0].Length).ToArray();
        if (request[0] != 1 || request[2] >> 6 != 1 || request.AsSpan(4, 4).ContainsAnyExcept((byte)0))
        {
            throw new InvalidOperationException("no address of a logical unit");
        }
        List<SimulatedDescriptor> data = [.. chain.Take(firstWritable).Skip(1), .. chain.Skip(firstWritable + 1)];
        SimulatedScsiAnswer answer = Run(request[1], ((request[2] & 0x3F) << 8) | request[3], request[HeaderBytes..], data);
        if (answer.IsSilent)
        {
            return false;
        }
        uint residual = answer.Residual;
        if (firstWritable == 1 && data.Count == 1 && answer.Data.Length != 0)
        {
            int given = Math.Min(answer.Data.Length, data[0].Length);
            answer.Data.AsSpan(0, given).CopyTo(memory.AsSpan((int)data[0].Address));
            residual = (uint)(data[0].Length - given);
        }
        Span<byte> result = memory.AsSpan((int)chain[firstWritable].Address, chain[firstWritable].Length);
        BinaryPrimitives.WriteInt32LittleEndian(result, answer.Sense.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(result[4..], residual);
        result[10] = answer.Status;
        result[11] = answer.Response;
        answer.Sense.CopyTo(result[AnswerBytes..]);
        return true;
    }

    private SimulatedScsiAnswer Run(byte target, int lun, byte[] command, List<SimulatedDescriptor> data)
    {
        if (Silent.Contains(target))
        {
            return new() { IsSilent = true };
        }
        if (Units.Keys.All(each => each.Target != target))
        {
            return new(BadTarget);
        }
        if (command[0] == 0xA0)
        {
            return Old.Contains(target) ? SimulatedScsiAnswer.Check(5, 0x20) : new() { Data = Luns(target) };
        }
        return Units.TryGetValue((target, lun), out SimulatedScsiDisk? unit)
            ? unit.Run(command, (position, isWrite) => Move(unit.Medium, position, isWrite, data))
            : SimulatedScsiAnswer.Check(5, 0x25);
    }

    private static void Move(SimulatedMedium medium, ulong position, bool isWrite, List<SimulatedDescriptor> data)
    {
        foreach (SimulatedDescriptor piece in data)
        {
            if (piece.IsWritable == isWrite)
            {
                throw new InvalidOperationException("a data segment for the other direction");
            }
            medium.Transfer(position, piece.Address, piece.Length, isWrite);
            position += (ulong)piece.Length;
        }
    }

    private byte[] Luns(byte target)
    {
        ulong[] entries =
        [
            .. OtherEntries,
            .. Units.Keys.Where(each => each.Target == target)
                .Select(each => each.Lun < 256 ? (ulong)each.Lun << 48 : (ulong)(each.Lun | 0x4000) << 48),
        ];
        byte[] list = new byte[8 + (entries.Length * 8)];
        BinaryPrimitives.WriteInt32BigEndian(list, entries.Length * 8);
        for (int i = 0; i < entries.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8 + (i * 8)), entries[i]);
        }
        return list;
    }
}
