using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>
/// Writes the ELF header and the program headers of the vmcore: those of the elfcorehdr, with one PT_NOTE in front for
/// all of them (merge_note_headers_elf64 in fs/proc/vmcore.c).
/// </summary>
public static class VmcoreHeader
{
    /// <summary>Writes the header and pads it to the notes.</summary>
    public static Status Write<TMemory, TSink>(
        ref TMemory memory,
        ref TSink sink,
        ref StagedStream stream,
        in CapturePlan plan,
        ref ElfContent content)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
    {
        VmcoreLayout layout = content.Layout;
        Status status = WriteFileHeader(ref memory, ref sink, ref stream, in plan.Header, in layout);
        if (status == Status.Ok)
        {
            status = WriteProgramHeaders(ref memory, ref sink, ref stream, in plan, ref content);
        }
        if (status == Status.Ok && layout.HasSectionHeader)
        {
            status = WriteSectionHeader(ref sink, ref stream, in layout);
        }
        return status == Status.Ok ? stream.PadTo(ref sink, layout.NotePositionBytes) : status;
    }

    private static Status WriteFileHeader<TMemory, TSink>(
        ref TMemory memory,
        ref TSink sink,
        ref StagedStream stream,
        in ElfCoreHeader header,
        in VmcoreLayout layout)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
    {
        Span<byte> source = stackalloc byte[ElfFileHeader.Bytes64];
        source.Clear();
        Status status = memory.Read(header.Address, source[..ElfFileHeader.BytesOf(header.Is64)]);
        if (status != Status.Ok)
        {
            return status;
        }
        ElfFileHeader file = ElfFileHeader.Read(source, header.Is64);
        file.ProgramHeaderOffset = (ulong)ElfFileHeader.BytesOf(layout.Is64);
        file.HeaderBytes = (ushort)ElfFileHeader.BytesOf(layout.Is64);
        file.ProgramHeaderBytes = (ushort)ProgramHeader.BytesOf(layout.Is64);
        file.ProgramHeaderCount = layout.HasSectionHeader
            ? ElfFileHeader.CountInSection
            : (ushort)layout.ProgramHeaderCount;
        file.SectionHeaderOffset = layout.HasSectionHeader ? layout.TableEndBytes : 0;
        file.SectionHeaderBytes = (ushort)(layout.HasSectionHeader ? ElfFileHeader.SectionBytesOf(layout.Is64) : 0);
        file.SectionHeaderCount = (ushort)(layout.HasSectionHeader ? 1 : 0);
        file.SectionNames = 0;
        if (layout.Is64 != header.Is64)
        {
            source[ElfFileHeader.IdentClass] = 2;
            file.Machine = ElfFileHeader.MachineX64;
        }
        file.Write(source, layout.Is64);
        return stream.Write(ref sink, source[..ElfFileHeader.BytesOf(layout.Is64)]);
    }

    private static Status WriteProgramHeaders<TMemory, TSink>(
        ref TMemory memory,
        ref TSink sink,
        ref StagedStream stream,
        in CapturePlan plan,
        ref ElfContent content)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
    {
        VmcoreLayout layout = content.Layout;
        Span<byte> buffer = stackalloc byte[ProgramHeader.Bytes64];
        Span<byte> entry = buffer[..ProgramHeader.BytesOf(layout.Is64)];
        ProgramHeader notes = default;
        notes.Type = ProgramHeader.TypeNote;
        notes.Offset = layout.NotePositionBytes;
        notes.FileBytes = layout.NoteBytes;
        notes.MemoryBytes = layout.NoteBytes;
        // Linux 6.5 ("coredump, vmcore: Set p_align to 4 for PT_NOTE"); it was 0 before.
        notes.Align = 4;
        notes.Write(entry, layout.Is64);
        Status status = stream.Write(ref sink, entry);
        uint written = 1;
        var cursor = new PieceCursor(in plan, in content, layout.SegmentPositionBytes);
        while (status == Status.Ok && written < layout.ProgramHeaderCount && cursor.MoveNext(ref memory, ref content))
        {
            cursor.Header.Write(entry, layout.Is64);
            status = stream.Write(ref sink, entry);
            written++;
        }
        // Fewer than were counted, if memory changed in between: the rest stays PT_NULL.
        return status == Status.Ok ? stream.PadTo(ref sink, layout.TableEndBytes) : status;
    }

    private static Status WriteSectionHeader<TSink>(
        ref TSink sink,
        ref StagedStream stream,
        in VmcoreLayout layout)
        where TSink : struct, IDumpSink
    {
        Span<byte> buffer = stackalloc byte[ElfFileHeader.SectionBytes64];
        buffer.Clear();
        // sh_info
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[(layout.Is64 ? 44 : 28)..], layout.ProgramHeaderCount);
        return stream.Write(ref sink, buffer[..ElfFileHeader.SectionBytesOf(layout.Is64)]);
    }
}
