using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// The ELF core header that the loader left at <c>elfcorehdr=</c>, ELF64 or ELF32. It is read in place: program
/// headers come one by one, so that hundreds of thousands need no memory.
/// </summary>
public struct ElfCoreHeader
{
    /// <summary>Physical address of the ELF header.</summary>
    public ulong Address { get; private set; }

    /// <summary>ELF64 rather than ELF32.</summary>
    public bool Is64 { get; private set; }

    /// <summary>Number of program headers, 1 to <see cref="Limits.ProgramHeaders"/>.</summary>
    public uint Count { get; private set; }

    /// <summary>Physical address of the first program header.</summary>
    public ulong TableAddress { get; private set; }

    /// <summary>
    /// Opens the header at a physical address. <paramref name="sizeBytes"/> is the size that the command line gave, 0
    /// if none. What is wrong is told to the console, with the address and the offset. Errors:
    /// <see cref="Status.AddressOutOfRange"/>, <see cref="Status.MemoryUnreadable"/>,
    /// <see cref="Status.NotAnElfCore"/>, <see cref="Status.ElfHeaderTruncated"/>,
    /// <see cref="Status.ElfHeaderMalformed"/>. More program headers than the limit, or than the size has room for,
    /// are cut with a report.
    /// </summary>
    public static Status Open<TMemory, TConsole>(
        ref TMemory memory,
        ref TConsole console,
        ulong address,
        ulong sizeBytes,
        out ElfCoreHeader header)
        where TMemory : struct, IPhysicalMemory
        where TConsole : struct, IConsole
    {
        header = default;
        header.Address = address;
        Span<byte> raw = stackalloc byte[ElfFileHeader.Bytes64];
        Status status = ElfHeaderCheck.ReadRaw(ref memory, address, sizeBytes, raw, out int badOffset);
        if (status == Status.Ok)
        {
            status = ElfHeaderCheck.Check(raw, out badOffset);
        }
        if (status != Status.Ok)
        {
            Complain(ref console, status, address, badOffset);
            return status;
        }
        header.Is64 = raw[ElfFileHeader.IdentClass] == 2;
        ElfFileHeader file = ElfFileHeader.Read(raw, header.Is64);
        status = header.PlaceTable(ref memory, in file, sizeBytes, out badOffset);
        if (status == Status.TooManyEntries)
        {
            Complain(ref console, status, address, badOffset);
            return Status.Ok;
        }
        if (status != Status.Ok)
        {
            Complain(ref console, status, address, badOffset);
        }
        return status;
    }

    /// <summary>
    /// Reads one program header. Errors: <see cref="Status.AddressOutOfRange"/> for an index past the end,
    /// <see cref="Status.MemoryUnreadable"/>.
    /// </summary>
    public readonly Status TryGet<TMemory>(ref TMemory memory, uint index, out ProgramHeader programHeader)
        where TMemory : struct, IPhysicalMemory
    {
        programHeader = default;
        if (index >= Count)
        {
            return Status.AddressOutOfRange;
        }
        Span<byte> raw = stackalloc byte[ProgramHeader.Bytes64];
        Span<byte> entry = raw[..ProgramHeader.BytesOf(Is64)];
        Status status = memory.Read(TableAddress + ((ulong)index * (ulong)entry.Length), entry);
        if (status == Status.Ok)
        {
            programHeader = ProgramHeader.Read(entry, Is64);
        }
        return status;
    }

    private Status PlaceTable<TMemory>(
        ref TMemory memory,
        in ElfFileHeader file,
        ulong sizeBytes,
        out int badOffset)
        where TMemory : struct, IPhysicalMemory
    {
        badOffset = Is64 ? 32 : 28;
        ulong end = sizeBytes != 0 ? sizeBytes : Limits.PhysicalEnd - Address;
        ulong entryBytes = (ulong)ProgramHeader.BytesOf(Is64);
        if (file.ProgramHeaderOffset < (ulong)ElfFileHeader.BytesOf(Is64))
        {
            return Status.ElfHeaderMalformed;
        }
        if (file.ProgramHeaderOffset >= end || end - file.ProgramHeaderOffset < entryBytes)
        {
            return Status.ElfHeaderTruncated;
        }
        TableAddress = Address + file.ProgramHeaderOffset;
        Count = file.ProgramHeaderCount;
        if (Count == ElfFileHeader.CountInSection)
        {
            Status status = ReadLongCount(ref memory, in file, end);
            badOffset = Is64 ? 40 : 32;
            if (status != Status.Ok)
            {
                return status;
            }
        }
        badOffset = Is64 ? 56 : 44;
        ulong room = (end - file.ProgramHeaderOffset) / entryBytes;
        ulong most = Math.Min(room, Limits.ProgramHeaders);
        if (Count > most)
        {
            Count = (uint)most;
            return Status.TooManyEntries;
        }
        return Count == 0 ? Status.ElfHeaderMalformed : Status.Ok;
    }

    // gABI chapter 4, "ELF Header", PN_XNUM: the count is sh_info of section header 0. A header without sections has
    // 65,535 program headers, as Linux would count them.
    private Status ReadLongCount<TMemory>(ref TMemory memory, in ElfFileHeader file, ulong end)
        where TMemory : struct, IPhysicalMemory
    {
        if (file.SectionHeaderOffset == 0)
        {
            return Status.Ok;
        }
        Span<byte> raw = stackalloc byte[ElfFileHeader.SectionBytes64];
        Span<byte> section = raw[..ElfFileHeader.SectionBytesOf(Is64)];
        if (file.SectionHeaderOffset >= end || end - file.SectionHeaderOffset < (ulong)section.Length)
        {
            return Status.ElfHeaderTruncated;
        }
        Status status = memory.Read(Address + file.SectionHeaderOffset, section);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(section[(Is64 ? 44 : 28)..]);
        if (status != Status.Ok)
        {
            return status;
        }
        if (count < ElfFileHeader.CountInSection)
        {
            return Status.ElfHeaderMalformed;
        }
        Count = count;
        return Status.Ok;
    }

    private static void Complain<TConsole>(ref TConsole console, Status status, ulong address, int offset)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, status);
        line.Add("elfcorehdr at "u8);
        line.AddHex(address);
        line.Add(", offset "u8);
        line.AddDecimal((ulong)offset);
        ReportLine.Write(ref console, in line);
    }
}
