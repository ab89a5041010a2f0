using System;
using System.IO;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Serial;

/// <summary>
/// The target <c>serial</c>: what the receiver puts together is, byte for byte, what a disk would hold.
/// </summary>
public class SerialTargetTests(ITestOutputHelper output)
{
    private const int MiB = 1 << 20;
    private const ulong MixedAt = 40 * MiB;
    private const string Target = $"{CrashedMemory.Argument} kdump.target=serial:ttyS1";

    // A MiB of noise, and two of zeros with some pages of other kinds between them.
    private static readonly byte[] Header = new CoreHeader()
        .Notes(CrashedMemory.NotesAt, (ulong)CrashedMemory.Notes.Length)
        .Load(CrashedMemory.DataAt, MiB)
        .Load(MixedAt, 2 * MiB)
        .ToBytes();

    [Fact]
    public void A_recorded_line_becomes_the_dump()
    {
        using Receiver receiver = new();
        BareTest.Start(Options(Target) with { SecondSerial = $"file:{receiver.Line}" }, machine =>
        {
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "target serial: ttyS1 at 115200 baud", "dump sent, NOT CONFIRMED by a receiver");
        });
        string said = CkdumpTool.Output("receive", receiver.Line, "-o", receiver.Vmcore);
        output.WriteLine(said);
        Assert.Contains("complete", said);
        MustBeTheDump(receiver.Vmcore);
    }

    [Fact]
    public void A_receiver_that_answers_confirms_the_dump()
    {
        using Receiver receiver = new();
        BareTest.Start(Options(Target) with { SecondSerial = Socket(receiver.Line) }, machine =>
        {
            receiver.Start(receiver.Line);
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "dump complete: ");
            output.WriteLine(machine.Console.Text);
            receiver.MustEndWell();
        });
        MustBeTheDump(receiver.Vmcore);
    }

    [Fact]
    public void What_a_bad_line_damages_is_repeated()
    {
        using Receiver receiver = new();
        BareTest.Start(Options(Target) with { SecondSerial = Socket(receiver.Inner) }, machine =>
        {
            Receiver.WaitFor(receiver.Inner);
            using DamagingLine line = new(receiver.Inner, receiver.Line);
            receiver.Start(receiver.Line);
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "dump complete: ", " 0 lost");
            string said = receiver.MustEndWell();
            output.WriteLine($"{line.Damages} damages; {said}");
            Assert.InRange(line.Damages, 5, 1000);
            Assert.Contains("damaged frames repaired", said);
        });
        MustBeTheDump(receiver.Vmcore);
    }

    [Fact]
    public void A_compressed_dump_over_a_bad_line_is_what_a_disk_holds()
    {
        const string Compressed = "kdump.format=kdump kdump.compress=lzo";
        using Receiver receiver = new();
        BareTest.Start(Options($"{Target} {Compressed}") with { SecondSerial = Socket(receiver.Inner) }, machine =>
        {
            Receiver.WaitFor(receiver.Inner);
            using DamagingLine line = new(receiver.Inner, receiver.Line);
            receiver.Start(receiver.Line);
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "dump complete: ", " 0 lost");
            string said = receiver.MustEndWell();
            output.WriteLine($"{line.Damages} damages; {said}");
            Assert.InRange(line.Damages, 5, 1000);
            Assert.Contains("damaged frames repaired", said);
        });
        MustBeOnDisk(receiver.Vmcore, Compressed, _ => { });
    }

    [Fact]
    public void The_line_stands_in_for_a_disk_that_must_not_be_written()
    {
        using Receiver receiver = new();
        using TestDisk foreign = TestDisk.Foreign();
        string before = foreign.Hash();
        BareOptions options = Options($"{CrashedMemory.Argument} kdump.target=disk,serial:ttyS1") with
        {
            SecondSerial = Socket(receiver.Line),
            Disks = [foreign.Nvme],
        };
        BareTest.Start(options, machine =>
        {
            receiver.Start(receiver.Line);
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "target disk", "E300 not prepared", "target serial: ttyS1", "dump complete: ");
            receiver.MustEndWell();
        });
        Assert.Equal(before, foreign.Hash());
        MustBeTheDump(receiver.Vmcore);
    }

    private static BareOptions Options(string arguments) => new()
    {
        Arguments = arguments,
        Memory = memory =>
        {
            CrashedMemory.Plant(memory, Header);
            memory.Write(MixedAt + (MiB / 2), SeededPages.Make(3, 0x5E12));
            memory.Write(MixedAt + MiB, new byte[] { 1, 2, 3 });
        },
    };

    // The machine starts when the receiver is connected.
    private static string Socket(string path) => $"unix:{path},server=on,wait=on";

    // The same memory, captured to a disk.
    private static void MustBeTheDump(string received) => MustBeOnDisk(
        received, "", machine => PageComparison.Run(received, machine.Memory).MustBeEqual());

    private static void MustBeOnDisk(string received, string arguments, Action<BareMachine> check)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareTest.Captures(
            Options($"{CrashedMemory.Argument} {arguments}") with { Disks = [disk.Virtio] }, check, "same-on-disk");
        int length = (int)disk.ReadLabel().DumpLengthBytes;
        Assert.Equal(length, new FileInfo(received).Length);
        Assert.True(disk.Read(0, length).AsSpan().SequenceEqual(File.ReadAllBytes(received)), "the two dumps differ");
    }
}
