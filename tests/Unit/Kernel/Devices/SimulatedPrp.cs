using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>The pages that a command's PRP entries name (NVMe base 2.0c, 4.1.1).</summary>
internal static class SimulatedPrp
{
    public static List<ulong> Pages(byte[] command, int lengthBytes)
    {
        List<ulong> pages = [BinaryPrimitives.ReadUInt64LittleEndian(command.AsSpan(24))];
        ulong second = BinaryPrimitives.ReadUInt64LittleEndian(command.AsSpan(32));
        int count = (lengthBytes + 4095) / 4096;
        if (count == 2)
        {
            pages.Add(second);
        }
        for (int i = 0; count > 2 && i < count - 1; i++)
        {
            ulong entry = second + (ulong)(i * 8);
            if (entry / 4096 != second / 4096)
            {
                throw new InvalidOperationException("a PRP list that crosses its page without a chain");
            }
            pages.Add(BinaryPrimitives.ReadUInt64LittleEndian(SimulatedMachine.Current.Memory.AsSpan((int)entry)));
        }
        foreach (ulong page in pages)
        {
            if (page % 4096 != 0)
            {
                throw new InvalidOperationException($"PRP entry {page:x} with an offset");
            }
        }
        return pages;
    }
}
