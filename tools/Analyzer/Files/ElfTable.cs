using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Analyzer.Files;

/// <summary>The ELF header of a vmcore and all its program headers (System V gABI, chapters 4 and 5).</summary>
public sealed class ElfTable
{
    private ElfTable(in ElfFileHeader header, bool is64, ProgramHeader[] headers)
    {
        Header = header;
        Is64 = is64;
        Headers = headers;
    }

    /// <summary>The ELF header.</summary>
    public ElfFileHeader Header { get; }

    /// <summary>ELF64 rather than ELF32.</summary>
    public bool Is64 { get; }

    /// <summary>The program headers in the order of the file.</summary>
    public IReadOnlyList<ProgramHeader> Headers { get; }

    /// <summary>Offset behind the last program header, bytes.</summary>
    public ulong EndBytes =>
        Header.ProgramHeaderOffset + ((ulong)Headers.Count * (ulong)ProgramHeader.BytesOf(Is64));

    /// <summary>Reads both from a file.</summary>
    public static bool TryRead(
        IDumpBytes file,
        [NotNullWhen(true)] out ElfTable? table,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        table = null;
        Span<byte> raw = stackalloc byte[ElfFileHeader.Bytes64];
        raw.Clear();
        if (file.LengthBytes == 0)
        {
            problem = new FileProblem("the file is empty");
            return false;
        }
        file.Read(0, raw);
        problem = FileSignature.Explain(raw);
        if (problem is null && file.LengthBytes < raw.Length)
        {
            problem = new FileProblem("ends within the ELF header", file.LengthBytes);
        }
        ForgiveHeaderSize(raw);
        if (problem is null && ElfHeaderCheck.Check(raw, out int badOffset) is Status status and not Status.Ok)
        {
            problem = new FileProblem(Describe(status), status == Status.NotAnElfCore ? null : badOffset);
        }
        if (problem is not null)
        {
            return false;
        }
        bool is64 = raw[ElfFileHeader.IdentClass] == 2;
        ElfFileHeader header = ElfFileHeader.Read(raw, is64);
        if (!TryReadCount(file, in header, is64, out uint count, out problem))
        {
            return false;
        }
        ProgramHeader[]? headers = ReadHeaders(file, header.ProgramHeaderOffset, count, is64, out problem);
        table = headers is null ? null : new ElfTable(in header, is64, headers);
        return table is not null;
    }

    // dump-guest-memory of QEMU 7.2 leaves 8 in e_ehsize, which nobody needs; a plain vmcore has it right.
    private static void ForgiveHeaderSize(Span<byte> raw)
    {
        bool is64 = raw[ElfFileHeader.IdentClass] == 2;
        BinaryPrimitives.WriteUInt16LittleEndian(raw[(is64 ? 52 : 40)..], (ushort)ElfFileHeader.BytesOf(is64));
    }

    private static bool TryReadCount(
        IDumpBytes file,
        in ElfFileHeader header,
        bool is64,
        out uint count,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        problem = null;
        count = header.ProgramHeaderCount;
        // gABI chapter 4, "ELF Header", PN_XNUM: the count is sh_info of section header 0.
        if (count == ElfFileHeader.CountInSection && header.SectionHeaderOffset != 0)
        {
            Span<byte> section = stackalloc byte[ElfFileHeader.SectionBytesOf(is64)];
            if (file.Read(header.SectionHeaderOffset, section) != Status.Ok)
            {
                problem = new FileProblem(
                    $"section header 0 at offset {header.SectionHeaderOffset}, which holds the number of program "
                    + "headers, lies past the end of the file", file.LengthBytes);
                return false;
            }
            count = BinaryPrimitives.ReadUInt32LittleEndian(section[(is64 ? 44 : 28)..]);
        }
        if (count is 0 or > Limits.ProgramHeaders)
        {
            problem = new FileProblem($"{count} program headers: 1 to {Limits.ProgramHeaders} can be true",
                is64 ? 56 : 44);
            return false;
        }
        return true;
    }

    private static ProgramHeader[]? ReadHeaders(
        IDumpBytes file,
        ulong offset,
        uint count,
        bool is64,
        out FileProblem? problem)
    {
        int entry = ProgramHeader.BytesOf(is64);
        ulong length = (ulong)file.LengthBytes;
        if (offset > length || (length - offset) / (uint)entry < count)
        {
            problem = new FileProblem(
                $"{count} program headers at offset {offset} reach past the end of the file", file.LengthBytes);
            return null;
        }
        byte[] raw = new byte[checked((int)count * entry)];
        if (file.Read(offset, raw) != Status.Ok)
        {
            problem = new FileProblem("program headers cannot be read", (long)offset);
            return null;
        }
        ProgramHeader[] headers = new ProgramHeader[count];
        for (int i = 0; i < headers.Length; i++)
        {
            headers[i] = ProgramHeader.Read(raw.AsSpan(i * entry, entry), is64);
        }
        problem = null;
        return headers;
    }

    private static string Describe(Status status) => status == Status.NotAnElfCore
        ? "not an ELF core file"
        : "ELF header with a value that a vmcore of x86 cannot have";
}
