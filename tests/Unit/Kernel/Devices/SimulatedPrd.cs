using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>The memory that a command's physical region descriptors name (AHCI 1.3.1, 4.2.3.3).</summary>
internal static class SimulatedPrd
{
    public static List<(ulong Address, int Length)> Regions(ReadOnlySpan<byte> header, bool has64Bits)
    {
        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        List<(ulong Address, int Length)> regions = [];
        for (int i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(header[2..]); i++)
        {
            int at = (int)(uint)table + 0x80 + (i * 16);
            ReadOnlySpan<byte> region = SimulatedMachine.Current.Memory.AsSpan(at, 16);
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(region);
            int length = (int)(BinaryPrimitives.ReadUInt32LittleEndian(region[12..]) & 0x3F_FFFF) + 1;
            ulong last = address + (ulong)length - 1;
            if (address % 2 != 0 || length % 2 != 0 || address >> 32 != last >> 32 || (!has64Bits && last >> 32 != 0))
            {
                throw new InvalidOperationException($"region {address:x} +{length:x}");
            }
            regions.Add((address, length));
        }
        return regions;
    }
}
