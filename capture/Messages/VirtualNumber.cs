using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Messages;

/// <summary>Numbers in the crashed kernel's virtual memory.</summary>
public static class VirtualNumber
{
    /// <summary>Reads eight bytes, which may be a pointer.</summary>
    public static Status Read64<TMemory>(ref TMemory memory, ulong address, out ulong value)
        where TMemory : struct, IVirtualMemory
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Status status = memory.Read(address, bytes);
        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return status;
    }

    /// <summary>Reads four bytes.</summary>
    public static Status Read32<TMemory>(ref TMemory memory, ulong address, out uint value)
        where TMemory : struct, IVirtualMemory
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Status status = memory.Read(address, bytes);
        value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return status;
    }
}
