using System;
using System.Linq;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.BadInput;

/// <summary>Input that is wrong in part: it is told, and what is left is dumped and true.</summary>
public class CoreHeaderRepairTests
{
    private const ulong At = CrashedMemory.DataAt;
    private const ulong Half = CrashedMemory.DataBytes / 2;

    [Fact]
    public void A_missing_vmcoreinfo()
    {
        byte[] registers = CoreHeader.Note("CORE", ElfNote.PrStatus, new byte[336]);
        Dumps(
            new CoreHeader().Notes(CrashedMemory.NotesAt, (ulong)registers.Length).Load(At, CrashedMemory.DataBytes),
            registers,
            vmcore => Assert.Single(vmcore.PrStatus),
            "E109 no VMCOREINFO note",
            "crashed kernel unknown, CPUs that answered: 1");
    }

    [Fact]
    public void A_note_longer_than_its_segment()
    {
        byte[] notes = [.. CrashedMemory.Notes, .. CoreHeader.Note("CORE", 1, [1, 2, 3, 4])];
        BitConverter.GetBytes(uint.MaxValue - 2).CopyTo(notes, CrashedMemory.Notes.Length + 4);
        Dumps(
            new CoreHeader().Notes(CrashedMemory.NotesAt, (ulong)notes.Length).Load(At, CrashedMemory.DataBytes),
            notes,
            vmcore => Assert.Equal(2, vmcore.Notes.Count),
            "E108 note malformed: program header 0");
    }

    [Fact]
    public void Notes_without_an_end()
    {
        // 65,536 notes without content in the mebibyte that a segment may have, and a segment that claims far more.
        byte[] one = CoreHeader.Note("ANY", 7, []);
        byte[] notes = [.. CrashedMemory.Notes, .. Enumerable.Repeat(one, 1 << 16).SelectMany(note => note)];
        Dumps(
            new CoreHeader().Notes(CrashedMemory.NotesAt, 1UL << 40).Load(At, CrashedMemory.DataBytes),
            notes,
            vmcore => Assert.Contains("OSRELEASE=" + CrashedMemory.Release, vmcore.VmcoreInfo),
            "E111 more entries than the limit: program header 0");
    }

    [Fact]
    public void Notes_that_are_the_header_itself() => Dumps(
        new CoreHeader()
            .Notes(CrashedMemory.HeaderAt, 4096)
            .Notes(1UL << 61, 4096)
            .Notes(CrashedMemory.NotesAt, (ulong)CrashedMemory.Notes.Length)
            .Load(At, CrashedMemory.DataBytes),
        CrashedMemory.Notes,
        vmcore => Assert.Contains("OSRELEASE=" + CrashedMemory.Release, vmcore.VmcoreInfo),
        "E108 note malformed: program header 0",
        "E201 address out of range: program header 1");

    [Fact]
    public void Segments_that_overlap() => Dumps(
        Header().Load(At, CrashedMemory.DataBytes).Load(At + Half, CrashedMemory.DataBytes),
        CrashedMemory.Notes,
        vmcore => Assert.Equal(2, vmcore.Loads.Count()),
        "E107 segments overlap: program header 2");

    [Fact]
    public void Segments_in_no_order() => Dumps(
        Header().Load(At + Half, Half).Load(At, Half),
        CrashedMemory.Notes,
        vmcore => Assert.Equal([At + Half, At], vmcore.Loads.Select(load => load.PhysicalAddress)),
        "E114 segments not in order: program header 2");

    [Fact]
    public void Segments_within_pages() => Dumps(
        Header().Load(At + 0x123, 0x10001).Load(At + Half, 0x321),
        CrashedMemory.Notes,
        vmcore => Assert.Equal([0x10001UL, 0x321UL], vmcore.Loads.Select(load => load.FileBytes)),
        "E113 segment not page-aligned: program header 1");

    [Fact]
    public void Absurd_segments_among_good_ones() => Dumps(
        Header().Load(1UL << 52, 4096).Load(At, Half).Load(At, 0).Load(ulong.MaxValue - 4095, 8192).Load(At + Half, Half),
        CrashedMemory.Notes,
        vmcore => Assert.Equal([At, At + Half], vmcore.Loads.Where(load => load.FileBytes != 0).Select(load => load.PhysicalAddress)),
        "E106 segment with an impossible address or length: program header 1",
        "program header 3",
        "program header 4");

    [Fact]
    public void More_program_headers_than_there_is_room_for()
    {
        byte[] header = CrashedMemory.Header().ToBytes();
        BitConverter.GetBytes((ushort)60000).CopyTo(header, 56);
        Dumps(
            header,
            $"elfcorehdr={header.Length}@32M",
            CrashedMemory.Notes,
            vmcore => Assert.Equal(2, vmcore.ProgramHeaders.Count),
            "E111 more entries than the limit: elfcorehdr at 0x2000000, offset 56");
    }

    [Fact]
    public void Memory_that_is_not_there()
    {
        // Past the end of the machine's memory a PC reads zeros or ones, and no error tells of it.
        ulong end = (ulong)CrashedMemory.SizeMiB << 20;
        Dumps(
            Header().Load(At, Half).Load(end + (1 << 20), 8192),
            CrashedMemory.Notes,
            vmcore => Assert.Equal(2, vmcore.Loads.Count()),
            "dump complete: ");
    }

    private static CoreHeader Header() =>
        new CoreHeader().Notes(CrashedMemory.NotesAt, (ulong)CrashedMemory.Notes.Length);

    private static void Dumps(CoreHeader header, byte[] notes, Action<VmcoreHeader> check, params string[] texts) =>
        Dumps(header.ToBytes(), CrashedMemory.Argument, notes, check, texts);

    private static void Dumps(
        byte[] header, string argument, byte[] notes, Action<VmcoreHeader> check, params string[] texts)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = argument,
            Memory = memory =>
            {
                CrashedMemory.Plant(memory, header);
                memory.Write(CrashedMemory.NotesAt, notes);
            },
            Disks = [disk.Nvme],
        };
        BareTest.Captures(
            options,
            machine =>
            {
                BareTest.Says(machine, texts);
                check(disk.Vmcore());
                PageComparison comparison = PageComparison.Run(disk.Path, machine.Memory);
                Assert.True(comparison.Pages > 0);
                comparison.MustBeEqual();
            },
            "repaired");
    }
}
