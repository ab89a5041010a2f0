using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>Runs a request of a virtio block device (virtio 1.2, 5.2.6).</summary>
internal static class SimulatedVirtioRequest
{
    public static void Run(SimulatedMedium medium, List<SimulatedDescriptor> chain)
    {
        SimulatedDescriptor header = chain[0];
        SimulatedDescriptor status = chain[^1];
        if (header.Length != 16 || header.IsWritable || status.Length != 1 || !status.IsWritable)
        {
            throw new InvalidOperationException("header and status are not in descriptors of their own");
        }
        SimulatedMachine.Current.Memory[(int)status.Address] = Execute(medium, chain);
    }

    private static byte Execute(SimulatedMedium medium, List<SimulatedDescriptor> chain)
    {
        Span<byte> header = SimulatedMachine.Current.Memory.AsSpan((int)chain[0].Address, 16);
        uint type = BinaryPrimitives.ReadUInt32LittleEndian(header);
        ulong position = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) * 512;
        List<SimulatedDescriptor> data = chain.GetRange(1, chain.Count - 2);
        if (type == 4)
        {
            medium.Flushes++;
            return data.Count == 0 && position == 0 ? (byte)0 : (byte)1;
        }
        ulong length = 0;
        data.ForEach(piece => length += (ulong)piece.Length);
        if (type > 1 || position + length > (ulong)medium.Bytes.Length)
        {
            return 1;
        }
        uint code = medium.CodeOf(position / (ulong)medium.BlockBytes, length / (ulong)medium.BlockBytes);
        foreach (SimulatedDescriptor piece in data)
        {
            if (piece.IsWritable != (type == 0))
            {
                throw new InvalidOperationException("a data segment for the other direction");
            }
            if (code == 0)
            {
                medium.Transfer(position, piece.Address, piece.Length, type == 1);
                position += (ulong)piece.Length;
            }
        }
        return (byte)code;
    }
}
