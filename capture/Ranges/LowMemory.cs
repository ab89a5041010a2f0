using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Ranges;

/// <summary>
/// The low 640 KiB of the crashed machine. kexec-tools' purgatory copies them away and points the segment at its copy
/// (p_offset differs from p_paddr). kexec_file_load makes no copy since Linux 5.5, and leaves the first MiB out of its
/// header ("x86/kdump: Remove the backup region handling", 7c321eb2b843). Where a header tells of them in place, our
/// copy stands in for them.
/// </summary>
public struct LowMemory
{
    /// <summary>The loader saved low memory.</summary>
    public bool IsSavedByLoader { get; private set; }

    /// <summary>The first range of it that the loader saved; empty if there is none.</summary>
    public PhysicalRange Saved { get; private set; }

    /// <summary>Physical address where the loader saved <see cref="Saved"/>.</summary>
    public ulong SavedAddress { get; private set; }

    /// <summary>Some segment's bytes lie in low memory, so that a copy of ours is needed.</summary>
    public bool NeedsCopy { get; private set; }

    /// <summary>Physical address of our copy of bytes 0 to 640 Ki, page-aligned; 0 if there is none.</summary>
    public ulong CopyAddress { get; set; }

    /// <summary>Looks through the program headers.</summary>
    public static LowMemory Examine<TMemory>(ref TMemory memory, in ElfCoreHeader header)
        where TMemory : struct, IPhysicalMemory
    {
        LowMemory low = default;
        SegmentFilter filter = default;
        for (uint i = 0; i < header.Count; i++)
        {
            if (header.TryGet(ref memory, i, out ProgramHeader segment) != Status.Ok
                || segment.Type != ProgramHeader.TypeLoad
                || filter.Judge(ref memory, in segment) != Status.Ok)
            {
                continue;
            }
            bool isSaved = segment.PhysicalAddress < Limits.LowMemoryBytes
                && segment.Offset != segment.PhysicalAddress;
            bool keepsPages = ((segment.Offset ^ segment.PhysicalAddress) & (Limits.PageBytes - 1)) == 0;
            if (isSaved && keepsPages && !low.IsSavedByLoader)
            {
                low.Saved = PhysicalRange.Covering(segment.PhysicalAddress, segment.MemoryBytes);
                low.SavedAddress = segment.Offset & ~(Limits.PageBytes - 1UL);
            }
            low.IsSavedByLoader |= isSaved;
            low.NeedsCopy |= segment.Offset < Limits.LowMemoryBytes;
        }
        return low;
    }

    /// <summary>
    /// Where the bytes of physical address <paramref name="source"/> are now. <paramref name="lengthBytes"/> is cut so
    /// that all of them lie together.
    /// </summary>
    public readonly ulong Translate(ulong source, ref ulong lengthBytes)
    {
        if (CopyAddress == 0 || source >= Limits.LowMemoryBytes)
        {
            return source;
        }
        lengthBytes = Math.Min(lengthBytes, Limits.LowMemoryBytes - source);
        return CopyAddress + source;
    }

    /// <summary>Where a page of the crashed machine's memory is now.</summary>
    public readonly ulong SourceOfPage(ulong address)
    {
        if (address >= Saved.Start && address < Saved.End)
        {
            return SavedAddress + (address - Saved.Start);
        }
        ulong length = Limits.PageBytes;
        return Translate(address, ref length);
    }

    /// <summary>A walk over the notes of a PT_NOTE, where they are now.</summary>
    public readonly NoteWalker NotesOf(in ProgramHeader segment)
    {
        ProgramHeader moved = segment;
        moved.Offset = Translate(segment.Offset, ref moved.MemoryBytes);
        return new NoteWalker(in moved);
    }
}
