using System;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Area;

public sealed class AreaSinkFaultTests
{
    [Theory]
    [InlineData(512u, 0)]
    [InlineData(512u, 1999)]
    [InlineData(4096u, 100)]
    [InlineData(4096u, 199)]
    public void ABadBlockCostsOnePage(uint blockBytes, int badBlockOfDump)
    {
        var area = new AreaFixture(blockBytes);
        badBlockOfDump = Math.Min(badBlockOfDump, (AreaFixture.DumpPages * (int)area.BlocksPerPage) - 1);
        area.Disk.FailBlock(area.BlockOfPage(0) + (ulong)badBlockOfDump);

        Assert.Equal(Status.PagesLost, area.WriteDump());

        AssertOnlyLost(area, badBlockOfDump / (int)area.BlocksPerPage);
    }

    [Fact]
    public void ManyBadBlocksCostTheirPagesOnly()
    {
        var area = new AreaFixture(512);
        int[] bad = [0, 1, 2, 17, 63, 64, 65, 120, 121, 199];
        foreach (int page in bad)
        {
            area.Disk.FailBlock(area.BlockOfPage(page) + 3);
        }

        Assert.Equal(Status.PagesLost, area.WriteDump());

        AssertOnlyLost(area, bad);
    }

    [Fact]
    public void APageOfMemoryThatCannotBeReadBecomesZeros()
    {
        var area = new AreaFixture(512);
        const int Bad = 42;
        area.Disk.UnreadablePage = TestMemory.AddressOf(AreaFixture.BufferPages + Bad);

        Assert.Equal(Status.PagesLost, area.WriteDump());

        Assert.True(area.MediumPages(Bad, 1).SequenceEqual(new byte[4096]));
        Assert.True(area.MediumPages(0, Bad).SequenceEqual(area.Dump[..(Bad * 4096)]));
        Assert.True(area.MediumPages(Bad + 1, 20).SequenceEqual(area.Dump.Slice((Bad + 1) * 4096, 20 * 4096)));
        Assert.Equal(1UL, area.LabelOnMedium().PagesLost);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ABlockThatFailsAFewTimesCostsNothing(int times)
    {
        var area = new AreaFixture(512);
        area.Disk.FailBlock(area.BlockOfPage(0), times);
        area.Disk.FailBlock(area.BlockOfPage(77), times);

        Assert.Equal(Status.Ok, area.WriteDump());

        Assert.True(area.MediumPages(0, AreaFixture.DumpPages).SequenceEqual(area.Dump));
        Assert.Equal(0UL, area.LabelOnMedium().PagesLost);
    }

    [Fact]
    public void ALabelBlockThatFailsTwiceIsStillWritten()
    {
        var area = new AreaFixture(512);
        area.Open();
        area.Disk.FailBlock(area.BlockOfPage(AreaFixture.AreaPages - 1), 2);
        Assert.Equal(Status.Ok, area.Sink.Begin(area.Facts));
        Assert.Equal(Status.Ok, area.Sink.Finish(area.SubmitAll(), area.Facts));
        Assert.Equal(AreaState.Complete, area.LabelOnMedium().State);
    }

    [Fact]
    public void WithoutALabelNoDataIsWritten()
    {
        var area = new AreaFixture(512);
        area.Open();
        area.Disk.FailBlock(area.BlockOfPage(AreaFixture.AreaPages - 1));
        Assert.Equal(Status.RequestFailed, area.Sink.Begin(area.Facts));
        Assert.Equal(Status.NoLabel, area.SubmitAll());
        Assert.True(area.Disk.Medium.AsSpan().SequenceEqual(area.Before));
    }

    [Fact]
    public void ADeviceThatHangsAtAnyMomentIsResetAndLosesNothing()
    {
        var whole = new AreaFixture(512);
        whole.WriteDump();
        for (int moment = 1; moment < whole.Disk.Operations; moment++)
        {
            var area = new AreaFixture(512);
            area.Disk.OperationsUntilStuck = moment;

            Assert.Equal(Status.Ok, area.WriteDump());

            Assert.Equal(1, area.Disk.Recoveries);
            Assert.True(area.MediumPages(0, AreaFixture.DumpPages).SequenceEqual(area.Dump));
            Assert.Equal(AreaState.Complete, area.LabelOnMedium().State);
            Assert.Equal((ulong)AreaFixture.DumpPages, area.LabelOnMedium().PagesWritten);
        }
    }

    [Fact]
    public void AResetThatFailsIsTriedAgain()
    {
        var area = new AreaFixture();
        area.Disk.OperationsUntilStuck = 10;
        area.Disk.FailingRecoveries = 3;
        Assert.Equal(Status.Ok, area.WriteDump());
        Assert.Equal(4, area.Disk.Recoveries);
    }

    [Fact]
    public void ADeviceThatCannotBeResetIsGivenUpAfterABoundedNumberOfTries()
    {
        var area = new AreaFixture();
        area.Disk.OperationsUntilStuck = 10;
        area.Disk.FailingRecoveries = int.MaxValue;
        Assert.Equal(Status.DeviceFailed, area.WriteDump());
        Assert.Equal(Limits.DeviceRecoveries, area.Disk.Recoveries);
        Assert.Equal(AreaState.Writing, area.LabelOnMedium().State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void ADeviceThatStaysSilentAfterItsResetsIsGivenUpSoon(int moment)
    {
        var area = new AreaFixture();
        area.Disk.OperationsUntilStuck = moment;
        area.Disk.StaysStuck = true;
        Assert.Equal(Status.DeviceTimeout, area.WriteDump());
        Assert.Equal(Limits.ResetsInRow, area.Disk.Recoveries);
    }

    [Fact]
    public void ADeviceThatVanishesAtAnyMomentEndsTheDumpWithItsStatus()
    {
        var whole = new AreaFixture(512);
        whole.WriteDump();
        for (int moment = 1; moment < whole.Disk.Operations; moment++)
        {
            var area = new AreaFixture(512);
            area.Disk.OperationsUntilGone = moment;
            Assert.Equal(Status.DeviceGone, area.WriteDump());
            Assert.True(area.Sink.PagesWritten <= AreaFixture.DumpPages);
        }
    }

    [Fact]
    public void ADiskThatFailsEveryWriteIsGivenUpAfterABoundedNumberOfTries()
    {
        var area = new AreaFixture(512);
        area.Open();
        area.Sink.Begin(area.Facts);
        for (int page = 0; page < AreaFixture.DumpPages; page++)
        {
            area.Disk.FailBlock(area.BlockOfPage(page));
        }
        Status status = Status.Ok;
        int rounds = 0;
        while (status == Status.Ok && rounds < 100)
        {
            status = area.SubmitAll();
            rounds++;
        }
        Assert.Equal(Status.RequestFailed, status);
        Assert.Equal(0UL, area.Sink.PagesWritten);
        int most = 2 * Limits.RequestsLostInRow * ((2 * Limits.RepairFailures) + 1);
        Assert.InRange(area.Disk.SubmittedWrites, Limits.RequestsLostInRow, most);
        // The device still answers, so the label can say how it ended.
        Assert.Equal(Status.RequestFailed, area.Sink.Finish(status, area.Facts));
        Assert.Equal(AreaState.Incomplete, area.LabelOnMedium().State);
        Assert.Equal(Status.RequestFailed, area.LabelOnMedium().Outcome);
        Assert.Equal(0UL, area.LabelOnMedium().PagesWritten);
    }

    [Fact]
    public void BadBlocksFarApartDoNotCountAsADeadDisk()
    {
        var area = new AreaFixture(512);
        area.Open();
        area.Sink.Begin(area.Facts);
        area.Disk.FailBlock(area.BlockOfPage(50));
        const int Rounds = 1024;
        for (int round = 0; round < Rounds; round++)
        {
            Assert.Equal(Status.Ok, area.SubmitAll());
        }
        Assert.Equal((ulong)Rounds, area.Sink.PagesLost);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void ARandomMixOfFaultsNeverMiscounts(int seed)
    {
        var random = new Random(seed);
        var area = new AreaFixture(seed % 2 == 0 ? 512u : 4096u);
        area.Disk.QueueDepth = random.Next(1, 64);
        area.Disk.MaxBlocksPerRequest = area.BlocksPerPage * (uint)random.Next(1, 100);
        area.Disk.OperationsUntilStuck = random.Next(4, 20);
        int[] bad = [.. Enumerable.Range(0, AreaFixture.DumpPages).Where(_ => random.Next(20) == 0)];
        foreach (int page in bad)
        {
            area.Disk.FailBlock(area.BlockOfPage(page));
        }
        for (int i = 0; i < 20; i++)
        {
            ulong block = area.BlockOfPage(random.Next(AreaFixture.DumpPages));
            if (!bad.Any(page => area.BlockOfPage(page) == block))
            {
                area.Disk.FailBlock(block, 1);
            }
        }

        Assert.Equal(Status.PagesLost, area.WriteDump());

        AssertOnlyLost(area, bad);
    }

    // 64-page requests. One bad range inside a request, over its ends, and over many whole requests.
    [Theory]
    [InlineData(10, 40)]
    [InlineData(2, 55)]
    [InlineData(30, 60)]
    [InlineData(63, 65)]
    [InlineData(7, 193)]
    [InlineData(0, 199)]
    public void ABadRangeOfAnyLengthCostsItsPagesOnly(int first, int last)
    {
        var area = new AreaFixture(512);
        area.Disk.MaxBlocksPerRequest = 64 * area.BlocksPerPage;
        int[] bad = [.. Enumerable.Range(first, last - first + 1)];
        foreach (int page in bad)
        {
            area.Disk.FailBlock(area.BlockOfPage(page) + 5);
        }

        Assert.Equal(Status.PagesLost, area.WriteDump());

        AssertOnlyLost(area, bad);
    }

    [Fact]
    public void AWhollyBadRequestCostsABoundedNumberOfTries()
    {
        var area = new AreaFixture(512);
        area.Disk.MaxBlocksPerRequest = AreaFixture.DumpPages * area.BlocksPerPage;
        for (int page = 0; page < AreaFixture.DumpPages; page++)
        {
            area.Disk.FailBlock(area.BlockOfPage(page));
        }
        Assert.Equal(Status.PagesLost, area.WriteDump());
        Assert.Equal((ulong)AreaFixture.DumpPages, area.LabelOnMedium().PagesLost);
        // Two labels, six requests, and the tries from both ends: many for one request, few for those that follow it.
        const int First = 2 * (Limits.RepairFailures + Limits.PageAttempts);
        const int Other = 2 * (Limits.RepairFailuresInBadRange + Limits.PageAttempts);
        Assert.InRange(area.Disk.SubmittedWrites, 8, 2 + 6 + First + (5 * Other));
    }

    [Fact]
    public void RepairsThatTakeLongAreToldAndEnd()
    {
        // Half a second per look at the clock: a bad page takes some of them.
        var area = new AreaFixture(512, clockStep: 500_000);
        for (int page = 0; page < AreaFixture.DumpPages; page += 4)
        {
            area.Disk.FailBlock(area.BlockOfPage(page));
        }

        Assert.Equal(Status.PagesLost, area.WriteDump());

        Assert.Contains("repairing failed writes: ", area.Console.Text);
        AreaLabel label = area.LabelOnMedium();
        // More than the bad pages, for the time went out; what had no bad page is there all the same.
        Assert.InRange(label.PagesLost, (AreaFixture.DumpPages / 4) + 1UL, (ulong)AreaFixture.DumpPages);
        Assert.Equal((ulong)AreaFixture.DumpPages, label.PagesLost + label.PagesWritten);
        const ulong Looks = (Limits.RepairMicroseconds / 500_000) + 400;
        Assert.InRange(area.Console.Lines.Length, 10, (int)Looks);
    }

    [Fact]
    public void ASlowDiskThatFailsEverythingIsGivenUpAfterAMinute()
    {
        var area = new AreaFixture(512, clockStep: 5_000_000);
        area.Open();
        area.Sink.Begin(area.Facts);
        for (int page = 0; page < AreaFixture.DumpPages; page++)
        {
            area.Disk.FailBlock(area.BlockOfPage(page));
        }
        Assert.Equal(Status.RequestFailed, area.SubmitAll());
        Assert.InRange(area.Disk.SubmittedWrites, Limits.RequestsLostAtLeast, 64);
        Assert.Equal(Status.RequestFailed, area.Sink.Finish(Status.RequestFailed, area.Facts));
        Assert.Equal(AreaState.Incomplete, area.LabelOnMedium().State);
    }

    private static void AssertOnlyLost(AreaFixture area, params int[] lostPages)
    {
        for (int page = 0; page < AreaFixture.DumpPages; page++)
        {
            ReadOnlySpan<byte> expected = lostPages.Contains(page)
                ? area.Before.AsSpan((AreaFixture.FirstPage + page) * 4096, 4096)
                : area.Dump.Slice(page * 4096, 4096);
            Assert.True(area.MediumPages(page, 1).SequenceEqual(expected), $"page {page}");
        }
        area.AssertUntouchedOutsideTheDump();
        AreaLabel label = area.LabelOnMedium();
        Assert.Equal(AreaState.Incomplete, label.State);
        Assert.Equal(Status.PagesLost, label.Outcome);
        Assert.Equal((ulong)lostPages.Length, label.PagesLost);
        Assert.Equal((ulong)(AreaFixture.DumpPages - lostPages.Length), label.PagesWritten);
    }
}
