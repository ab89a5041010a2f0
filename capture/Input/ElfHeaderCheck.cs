using System;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// Checks that bytes are the ELF header of a core of this machine: what Linux asks of an elfcorehdr
/// (parse_crash_elf64_headers in fs/proc/vmcore.c), and that it is little-endian.
/// </summary>
public static class ElfHeaderCheck
{
    /// <summary>
    /// Reads an ELF header of either class into 64 bytes. Errors: <see cref="Status.AddressOutOfRange"/>,
    /// <see cref="Status.ElfHeaderTruncated"/>, <see cref="Status.MemoryUnreadable"/>.
    /// </summary>
    public static Status ReadRaw<TMemory>(
        ref TMemory memory,
        ulong address,
        ulong sizeBytes,
        scoped Span<byte> raw,
        out int badOffset)
        where TMemory : struct, IPhysicalMemory
    {
        badOffset = 0;
        ulong size = sizeBytes == 0 ? (ulong)raw.Length : sizeBytes;
        if (address >= Limits.PhysicalEnd || size > Limits.PhysicalEnd - address || raw.Length < ElfFileHeader.Bytes64)
        {
            return Status.AddressOutOfRange;
        }
        if (size < ElfFileHeader.Bytes32)
        {
            return Status.ElfHeaderTruncated;
        }
        raw.Clear();
        return memory.Read(address, raw[..(int)Math.Min(size, ElfFileHeader.Bytes64)]);
    }

    /// <summary>
    /// Checks 64 bytes. Errors: <see cref="Status.NotAnElfCore"/>, <see cref="Status.ElfHeaderMalformed"/>;
    /// <paramref name="badOffset"/> is where the wrong field stands.
    /// </summary>
    public static Status Check(ReadOnlySpan<byte> raw, out int badOffset)
    {
        badOffset = 0;
        if (raw[0] != 0x7F || !raw[1..4].SequenceEqual("ELF"u8))
        {
            return Status.NotAnElfCore;
        }
        badOffset = ElfFileHeader.IdentClass;
        if (raw[4] is not (1 or 2))
        {
            return Status.ElfHeaderMalformed;
        }
        bool is64 = raw[4] == 2;
        badOffset = 5;
        if (raw[5] != 1)
        {
            return Status.ElfHeaderMalformed;
        }
        badOffset = 6;
        if (raw[6] != 1)
        {
            return Status.ElfHeaderMalformed;
        }
        ElfFileHeader header = ElfFileHeader.Read(raw, is64);
        badOffset = 16;
        if (header.Type != ElfFileHeader.TypeCore)
        {
            return Status.NotAnElfCore;
        }
        int tail = is64 ? 48 : 36;
        badOffset = header.Machine is not (ElfFileHeader.MachineX64 or ElfFileHeader.Machine386) ? 18
            : header.Version != 1 ? 20
            : header.HeaderBytes != ElfFileHeader.BytesOf(is64) ? tail + 4
            : header.ProgramHeaderBytes != ProgramHeader.BytesOf(is64) ? tail + 6
            : header.ProgramHeaderCount == 0 ? tail + 8
            : 0;
        return badOffset == 0 ? Status.Ok : Status.ElfHeaderMalformed;
    }
}
