using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// Finds ACPI tables (ACPI 6.5, 5.2) in the machine's memory. Nothing is trusted: lengths and counts are bounded.
/// </summary>
internal static class AcpiTables
{
    /// <summary>A root pointer at which there is none, so that nothing is found and nothing searched.</summary>
    internal const ulong None = ulong.MaxValue;

    private const int MaximumTables = 256;
    private const int RootPointerBytes = 36;
    private const int HeaderBytes = 36;

    private static ulong _rootPointer;

    /// <summary>Tells where the root pointer lies; 0 makes the first look-up scan the BIOS area.</summary>
    internal static void Use(ulong rootPointer) => _rootPointer = rootPointer;

    /// <summary>Address and length of the first table with a signature, such as "FACP".</summary>
    internal static bool TryFind(ReadOnlySpan<byte> signature, out ulong address, out uint length)
    {
        address = 0;
        length = 0;
        if (!TryReadRoot(out ulong root, out int entryBytes))
        {
            return false;
        }
        OldMemory memory = default;
        Span<byte> header = stackalloc byte[8];
        if (memory.Read(root, header) != Status.Ok)
        {
            return false;
        }
        uint rootLength = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(4));
        Span<byte> entry = stackalloc byte[8];
        for (int i = 0; i < MaximumTables && HeaderBytes + ((i + 1) * entryBytes) <= rootLength; i++)
        {
            entry.Clear();
            if (memory.Read(root + HeaderBytes + (ulong)(i * entryBytes), entry.Slice(0, entryBytes)) != Status.Ok)
            {
                return false;
            }
            ulong table = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            if (memory.Read(table, header) == Status.Ok && ((ReadOnlySpan<byte>)header).StartsWith(signature))
            {
                address = table;
                length = BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(4));
                return length >= HeaderBytes;
            }
        }
        return false;
    }

    /// <summary>The XSDT (8-byte entries) where there is one, else the RSDT (4-byte entries).</summary>
    private static bool TryReadRoot(out ulong root, out int entryBytes)
    {
        root = 0;
        entryBytes = 4;
        Span<byte> pointer = stackalloc byte[RootPointerBytes];
        if (_rootPointer == 0 && !TryScan(pointer))
        {
            return false;
        }
        if (default(OldMemory).Read(_rootPointer, pointer) != Status.Ok || !IsRootPointer(pointer))
        {
            return false;
        }
        root = BinaryPrimitives.ReadUInt32LittleEndian(pointer.Slice(16));
        if (pointer[15] >= 2)
        {
            ulong extended = BinaryPrimitives.ReadUInt64LittleEndian(pointer.Slice(24));
            if (extended != 0)
            {
                root = extended;
                entryBytes = 8;
            }
        }
        return root != 0;
    }

    /// <summary>ACPI 6.5, 5.2.5.1: on a 16-byte boundary between E0000H and FFFFFH.</summary>
    private static bool TryScan(Span<byte> pointer)
    {
        for (ulong at = 0xE0000; at < 0x100000; at += 16)
        {
            if (default(OldMemory).Read(at, pointer) == Status.Ok && IsRootPointer(pointer))
            {
                _rootPointer = at;
                return true;
            }
        }
        return false;
    }

    private static bool IsRootPointer(ReadOnlySpan<byte> pointer)
    {
        byte sum = 0;
        for (int i = 0; i < 20; i++)
        {
            sum += pointer[i];
        }
        return sum == 0 && pointer.StartsWith("RSD PTR "u8);
    }
}
