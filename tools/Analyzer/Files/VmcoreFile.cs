using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;

namespace CosmosKdump.Analyzer.Files;

/// <summary>
/// A dump of a crashed kernel in any format: a plain file, a flattened one, or a dump area with the dump at byte 0 and
/// the label at the end. Opening reads the headers and the notes; memory is read when it is asked for.
/// </summary>
public abstract class VmcoreFile : IDisposable
{
    private readonly List<VmcoreNote> _notes = [];

    private protected VmcoreFile(IDumpBytes bytes, AreaTail? area)
    {
        Bytes = bytes;
        Area = area;
    }

    /// <summary>The file.</summary>
    public IDumpBytes Bytes { get; }

    /// <summary>The dump area's label, null for a plain file.</summary>
    public AreaTail? Area { get; }

    /// <summary>Name of the format, such as "ELF64 vmcore".</summary>
    public abstract string FormatName { get; }

    /// <summary>The format as labels have it.</summary>
    public abstract DumpFormat Format { get; }

    /// <summary>The notes in the order of the file.</summary>
    public IReadOnlyList<VmcoreNote> Notes => _notes;

    /// <summary>What ended the reading of the notes early, or null.</summary>
    public FileProblem? NoteProblem { get; private set; }

    /// <summary>
    /// Dump level by the dump's own headers, 0 to 31; null if they do not tell, as those of a filtered ELF dump of
    /// makedumpfile.
    /// </summary>
    public abstract byte? DumpLevel { get; }

    /// <summary>Bytes that the dump may take: up to the end of the dump in an area, else the whole file.</summary>
    public ulong LengthBytes => Area is { HasLabel: true } && HasDump
        ? Area.Label.DumpLengthBytes
        : (ulong)Bytes.LengthBytes - (Area is null ? 0UL : AreaLabel.Bytes);

    /// <summary>Bytes that the dump must have to be whole, as far as its headers tell.</summary>
    public abstract ulong NeededBytes { get; }

    /// <summary>
    /// Disjoint ranges of physical addresses that the crashed kernel had as memory, ascending, whether or not the dump
    /// kept their pages. They are found while they are enumerated.
    /// </summary>
    public abstract IEnumerable<AddressRange> PhysicalRanges { get; }

    private bool HasDump => Area!.Label.HoldsUnsavedDump && Area.Label.DumpLengthBytes != 0;

    /// <summary>Opens a dump of any format.</summary>
    public static bool TryOpen(
        string path,
        [NotNullWhen(true)] out VmcoreFile? vmcore,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        vmcore = null;
        if (!FileBytes.TryOpen(path, out FileBytes? file, out problem))
        {
            return false;
        }
        AreaTail? area = AreaTail.Read(file);
        IDumpBytes bytes = file;
        if (FlattenedBytes.IsFlattened(file))
        {
            if (!FlattenedBytes.TryRead(file, out FlattenedBytes? flattened, out problem))
            {
                file.Dispose();
                return false;
            }
            bytes = flattened;
            area = null;
        }
        vmcore = Open(bytes, area, out problem);
        if (vmcore is null)
        {
            problem = problem?.In(bytes) ?? new FileProblem("no dump");
            // Advice is about this host, and the dump may be good.
            problem = area is null || problem.Advice is not null ? problem : new FileProblem(EmptyArea(area), problem.OffsetBytes);
            bytes.Dispose();
        }
        return vmcore is not null;
    }

    /// <summary>What the dump knows of a page.</summary>
    public abstract PageState StateOf(ulong pfn);

    /// <summary>
    /// Reads physical memory. Bytes that the dump does not hold come as zeros, with
    /// <see cref="Status.MemoryUnreadable"/>.
    /// </summary>
    public abstract Status ReadPhysical(ulong address, Span<byte> destination);

    /// <summary>
    /// Finds the physical address behind a virtual address by what the headers tell;
    /// <see cref="Status.AddressOutOfRange"/> if they do not.
    /// </summary>
    public abstract Status TryGetPhysical(ulong virtualAddress, out ulong physicalAddress);

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeCodecs();
        Bytes.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected virtual void DisposeCodecs()
    {
    }

    private protected void ReadNotes(ulong offsetBytes, ulong lengthBytes) =>
        NoteProblem = NoteReader.Read(Bytes, offsetBytes, lengthBytes, _notes)?.In(Bytes) ?? NoteProblem;

    private protected void AddNote(VmcoreNote note) => _notes.Add(note);

    private static VmcoreFile? Open(IDumpBytes bytes, AreaTail? area, out FileProblem? problem)
    {
        if (KdumpHeader.IsKdump(bytes))
        {
            return KdumpVmcore.Open(bytes, area, out problem);
        }
        return ElfTable.TryRead(bytes, out ElfTable? elf, out problem) ? new ElfVmcore(bytes, area, elf) : null;
    }

    private static string EmptyArea(AreaTail area) => !area.HasLabel
        ? "a dump area, but its label cannot be trusted and no vmcore lies at its start"
        : area.Label.State == AreaState.Prepared
            ? $"dump area {area.Uuid} holds no dump (state prepared)"
            : $"dump area {area.Uuid} has no readable vmcore at its start";
}
