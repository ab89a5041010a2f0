using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture;

/// <summary>Whatever the crashed kernel left: bounded work, no exception, and a dump in the order of its bytes.</summary>
public class MutationTests
{
    private const string Healthy = """
        header at=0x30000000
        NOTE offset=0x2000000 memsz=0x400
        NOTE offset=0x2001000 memsz=0x400
        NOTE offset=0x2002000 memsz=0x1024
        LOAD offset=0x1e00000 vaddr=0xffffffff9e000000 paddr=0x1e00000 memsz=0x20000
        LOAD offset=0x31000000 vaddr=0xffff888000001000 paddr=0x1000 memsz=0x9ec00
        LOAD offset=0x100000 vaddr=0xffff888000100000 paddr=0x100000 memsz=0x4000000
        LOAD offset=0x5000000 vaddr=0xffff888005000000 paddr=0x5000000 memsz=0x10000
        note at=0x2000000 name=CORE type=1 size=336
        note at=0x2001000 name=CORE type=1 size=336
        info at=0x2002000 OSRELEASE=6.1.0|PAGESIZE=4096|CRASHTIME=1718000000
        """;

    // Most reads a capture may need: eight walks over as many program headers as e_phnum can tell, and some notes.
    private const long MostReads = (8 * 65536) + (4 * Limits.NotesPerSegment * 3);

    private static readonly byte[] Interesting = [0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF];

    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    public void DamagedHeadersEndInBoundedWork(int elfClass)
    {
        string text = elfClass == 64
            ? Healthy
            : Healthy.Replace("at=0x30000000", "at=0x30000000 class=32").Replace("0xffff8880", "0x")
                .Replace("0xffffffff9e", "0x9e");
        var random = new Random(1906 + elfClass);
        var outcomes = new Dictionary<Status, int>();
        for (int run = 0; run < 800; run++)
        {
            CrashImage image = CrashImage.Parse(text);
            Damage(random, image.HeaderBytes);
            CheckCapture(image, outcomes);
        }
        // The damage reaches every stage: refused headers, and dumps of what was left.
        Assert.True(outcomes.Count >= 4);
        Assert.InRange(outcomes[Status.Ok], 100, 750);
    }

    [Fact]
    public void DamagedNotesEndInBoundedWork()
    {
        var random = new Random(408);
        var outcomes = new Dictionary<Status, int>();
        for (int run = 0; run < 800; run++)
        {
            CrashImage image = CrashImage.Parse(Healthy);
            Damage(random, image.NoteBytes(0x2000000ul + (0x1000ul * (ulong)random.Next(3))));
            CheckCapture(image, outcomes);
        }
        Assert.Equal(800, outcomes[Status.Ok]);
    }

    private static void CheckCapture(CrashImage image, Dictionary<Status, int> outcomes)
    {
        // A target refuses what it has no room for, as a dump area does.
        var run = new CaptureRun(image, 0x8000000, record => record.RoomBytes = 1ul << 32);
        Status status = run.Prepared == Status.Ok ? run.Result.Status : run.Prepared;
        outcomes[status] = outcomes.GetValueOrDefault(status) + 1;
        Assert.InRange(image.Memory.Reads, 1, MostReads);
        Assert.InRange(run.Lines.Length, 1, 80);
        Assert.All(run.Lines, line => Assert.StartsWith("ckdump: ", line));
        if (run.Prepared == Status.Ok)
        {
            Assert.True(run.Layout.LengthBytes <= Limits.PhysicalEnd * 2);
            Assert.Equal(run.Layout.LengthBytes, run.Record.Facts.LengthBytes);
        }
        if (status == Status.Ok)
        {
            Assert.Equal(run.Layout.LengthBytes, run.Record.Bytes);
        }
    }

    private static void Damage(Random random, byte[] bytes)
    {
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int at = random.Next(bytes.Length);
            int length = Math.Min(bytes.Length - at, 1 << random.Next(4));
            for (int j = 0; j < length; j++)
            {
                bytes[at + j] = random.Next(2) == 0
                    ? (byte)random.Next(256)
                    : Interesting[random.Next(Interesting.Length)];
            }
        }
    }
}
