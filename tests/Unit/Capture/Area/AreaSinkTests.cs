using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Area;

public sealed class AreaSinkTests
{
    [Theory]
    [InlineData(512u, 8u)]
    [InlineData(512u, 9u)]
    [InlineData(512u, 256u)]
    [InlineData(4096u, 1u)]
    [InlineData(4096u, 32u)]
    public void ADumpArrivesWholeAndNothingElseChanges(uint blockBytes, uint maxBlocks)
    {
        var area = new AreaFixture(blockBytes);
        area.Disk.MaxBlocksPerRequest = maxBlocks;

        Assert.Equal(Status.Ok, area.WriteDump());

        Assert.True(area.MediumPages(0, AreaFixture.DumpPages).SequenceEqual(area.Dump));
        area.AssertUntouchedOutsideTheDump();
        AreaLabel label = area.LabelOnMedium();
        Assert.Equal(AreaState.Complete, label.State);
        Assert.Equal(3UL, label.Sequence);
        Assert.Equal(area.Facts.LengthBytes, label.DumpLengthBytes);
        Assert.Equal(area.Facts.CrashTimeSeconds, label.CrashTimeSeconds);
        Assert.Equal(DumpFormat.Elf, label.Format);
        Assert.Equal((ulong)AreaFixture.DumpPages, label.PagesWritten);
        Assert.Equal(0UL, label.PagesLost);
        Assert.Equal(Status.Ok, label.Outcome);
        Assert.True(AreaUuid.Same(AreaFixture.Uuid, label.Uuid));
        Assert.Equal(AreaFixture.HeaderPages * 4096UL, label.HeaderBytes);
        Assert.Equal(Crc32C.Of(area.MediumPages(0, AreaFixture.HeaderPages)), label.HeaderChecksum);
    }

    [Fact]
    public void PagesThatNeverReachedTheSinkAreInTheLabelToo()
    {
        var area = new AreaFixture();
        Assert.Equal((Status.Ok, Status.Ok), (area.Open(), area.Sink.Begin(area.Facts)));
        Assert.Equal(Status.Ok, area.SubmitAll());
        var facts = new DumpFacts(
            area.Facts.LengthBytes, 0, DumpFormat.Kdump, 31, area.Facts.HeaderBytes, area.Facts.HeaderChecksum, 3);

        Assert.Equal(Status.PagesLost, area.Sink.Finish(Status.PagesLost, facts));

        AreaLabel label = area.LabelOnMedium();
        Assert.Equal((AreaState.Incomplete, Status.PagesLost, 3UL), (label.State, label.Outcome, label.PagesLost));
        Assert.Equal((ulong)AreaFixture.DumpPages, label.PagesWritten);
    }

    [Fact]
    public void LargeRequestsAreUsedWhereTheDeviceTakesThem()
    {
        var area = new AreaFixture(512);
        area.Disk.MaxBlocksPerRequest = 2048;
        area.WriteDump();
        // Six chunks, and the label twice.
        Assert.Equal(8, area.Disk.SubmittedWrites);
    }

    [Fact]
    public void OpeningWritesNothing()
    {
        var area = new AreaFixture();
        Assert.Equal(Status.Ok, area.Open());
        Assert.Equal(0, area.Disk.SubmittedWrites);
        Assert.Equal(AreaState.Prepared, area.Sink.Label.State);
    }

    [Fact]
    public void TheAreaIsMarkedDurablyBeforeTheFirstDataByte()
    {
        var area = new AreaFixture();
        area.Open();
        Assert.Equal(Status.Ok, area.Sink.Begin(area.Facts));
        area.Disk.CutPower();
        AreaLabel label = area.LabelOnMedium();
        Assert.Equal(AreaState.Writing, label.State);
        Assert.Equal(area.Facts.HeaderChecksum, label.HeaderChecksum);
        Assert.True(area.MediumPages(0, AreaFixture.AreaPages - 1)
            .SequenceEqual(area.Before.AsSpan(AreaFixture.FirstPage * 4096, (AreaFixture.AreaPages - 1) * 4096)));
    }

    [Fact]
    public void AfterAPowerCutAtAnyMomentACompleteLabelMeansAWholeDump()
    {
        int seenComplete = 0;
        int operations = int.MaxValue;
        for (int cut = 1; cut <= operations; cut++)
        {
            var area = new AreaFixture(4096);
            area.Disk.MaxBlocksPerRequest = 64;
            area.Disk.OperationsUntilGone = cut;
            area.WriteDump();
            AreaState state = area.LabelOnMedium().State;
            if (state == AreaState.Complete)
            {
                seenComplete++;
                Assert.True(area.MediumPages(0, AreaFixture.DumpPages).SequenceEqual(area.Dump));
            }
            operations = area.Disk.Operations <= cut ? 0 : operations;
        }
        Assert.Equal(1, seenComplete);
    }

    [Fact]
    public void ADiskThatWasNotPreparedIsRefused()
    {
        var area = new AreaFixture();
        area.LabelPage.Clear();
        area.Disk.CutPower();
        Refuses(area, Status.NoLabel);
    }

    [Fact]
    public void ACorruptLabelIsRefused()
    {
        var area = new AreaFixture();
        area.LabelPage[100] ^= 1;
        area.Disk.CutPower();
        Refuses(area, Status.LabelCorrupt);
    }

    [Fact]
    public void ALabelOfAnUnknownVersionIsRefused()
    {
        var area = new AreaFixture();
        area.LabelPage[16] = 9;
        area.Disk.CutPower();
        Refuses(area, Status.LabelVersion);
    }

    [Fact]
    public void AnotherUuidIsRefused()
    {
        var area = new AreaFixture();
        Assert.Equal(Status.LabelOtherUuid, area.Sink.Open(area.Extent, new AreaUuid(1, 2), overwrite: true));
        Assert.Equal(Status.NoLabel, area.Sink.Begin(area.Facts));
        Assert.Equal(0, area.Disk.SubmittedWrites);
        Assert.Equal(Status.Ok, area.Sink.Open(area.Extent, AreaFixture.Uuid, overwrite: false));
    }

    [Fact]
    public void ALabelOfAnotherSizeIsRefused()
    {
        var area = new AreaFixture();
        area.PlantLabel(AreaLabel.Create(AreaFixture.Uuid, (AreaFixture.AreaPages - 1) * 4096));
        Refuses(area, Status.LabelWrongSize);
    }

    [Fact]
    public void AWriteProtectedDiskIsRefused()
    {
        var area = new AreaFixture();
        area.Disk.IsReadOnly = true;
        Refuses(area, Status.WriteProtected);
    }

    [Theory]
    [InlineData(AreaState.Writing)]
    [InlineData(AreaState.Complete)]
    [InlineData(AreaState.Incomplete)]
    public void ADumpThatWasNotSavedIsKeptUnlessToldOtherwise(AreaState state)
    {
        var area = new AreaFixture();
        AreaLabel label = area.UnsavedLabel(state);
        label.CrashTimeSeconds = 5;
        area.PlantLabel(label);
        Refuses(area, Status.DumpNotSaved);
        Assert.Equal(5UL, area.Sink.Label.CrashTimeSeconds);
        Assert.Equal(Status.Ok, area.Sink.Open(area.Extent, default, overwrite: true));
        Assert.Equal(Status.Ok, area.Sink.Begin(area.Facts));
    }

    [Fact]
    public void ADumpThatDoesNotFitIsRefusedBeforeAnythingIsWritten()
    {
        var area = new AreaFixture();
        area.Open();
        var tooLong = new DumpFacts(AreaFixture.AreaPages * 4096, 0, DumpFormat.Elf, 0);
        Assert.Equal(Status.AreaTooSmall, area.Sink.Begin(tooLong));
        Assert.Equal(0, area.Disk.SubmittedWrites);
        var longest = new DumpFacts((AreaFixture.AreaPages - 1) * 4096, 0, DumpFormat.Elf, 0);
        Assert.Equal(Status.Ok, area.Sink.Begin(longest));
    }

    [Theory]
    [InlineData(0UL, 8UL, Status.AreaTooSmall)]
    [InlineData(0UL, 1UL << 40, Status.OutOfMedium)]
    [InlineData(1UL << 63, 16UL, Status.OutOfMedium)]
    [InlineData(2400UL, 16UL, Status.OutOfMedium)]
    public void AnAreaThatTheDiskCannotHoldIsRefused(ulong firstBlock, ulong blockCount, Status expected)
    {
        var area = new AreaFixture(512);
        Assert.Equal(expected, area.Sink.Open(new AreaExtent(firstBlock, blockCount), default, overwrite: false));
        Assert.Equal(Status.NoLabel, area.Sink.Begin(area.Facts));
        Assert.Equal(0, area.Disk.SubmittedWrites);
    }

    [Fact]
    public void ABufferThatIsTooSmallIsRefused()
    {
        var area = new AreaFixture();
        area.Sink = new AreaSink<FaultyDisk, FakeClock, FakeConsole>(
            new FaultyDisk(area.Disk), default, area.Console, area.Memory.Buffer(0, 1));
        Refuses(area, Status.BufferTooSmall);
    }

    [Theory]
    [InlineData(0UL, 201UL * 4096, Status.OutOfMedium)]
    [InlineData(200UL * 4096, 4096UL, Status.OutOfMedium)]
    [InlineData(ulong.MaxValue - 4095, 4096UL, Status.OutOfMedium)]
    [InlineData(512UL, 4096UL, Status.AddressOutOfRange)]
    [InlineData(0UL, 100UL, Status.AddressOutOfRange)]
    public void AChunkOutsideTheDumpIsRefused(ulong positionBytes, ulong lengthBytes, Status expected)
    {
        var area = new AreaFixture();
        area.Open();
        area.Sink.Begin(area.Facts);
        int submitted = area.Disk.SubmittedWrites;
        Assert.Equal(expected, area.Sink.Submit(new DumpChunk(positionBytes, TestMemory.AddressOf(0), lengthBytes)));
        Assert.Equal(submitted, area.Disk.SubmittedWrites);
    }

    [Fact]
    public void AFailedCaptureLeavesAnIncompleteAreaThatSaysWhy()
    {
        var area = new AreaFixture();
        area.Open();
        area.Sink.Begin(area.Facts);
        area.SubmitAll();
        Assert.Equal(Status.StepFaulted, area.Sink.Finish(Status.StepFaulted, area.Facts));
        Assert.Equal(AreaState.Incomplete, area.LabelOnMedium().State);
        Assert.Equal(Status.StepFaulted, area.LabelOnMedium().Outcome);
    }

    [Fact]
    public void NothingIsTakenAfterTheEnd()
    {
        var area = new AreaFixture();
        area.WriteDump();
        Assert.Equal(Status.NoLabel, area.Sink.Submit(new DumpChunk(0, TestMemory.AddressOf(0), 4096)));
        Assert.Equal(Status.NoLabel, area.Sink.Finish(Status.Ok, area.Facts));
        Assert.Equal(AreaState.Complete, area.LabelOnMedium().State);
    }

    [Theory]
    [InlineData(510)]
    [InlineData(1024 + 56)]
    [InlineData(4096)]
    [InlineData(0x8001)]
    [InlineData(0x10040)]
    public void AnAreaThatWasPartitionedOrFormattedLaterIsRefused(int offsetBytes)
    {
        var area = new AreaFixture();
        area.Disk.Plant((AreaFixture.FirstPage * 4096) + offsetBytes, [0x55]);

        Refuses(area, Status.AreaInUse);
    }

    [Fact]
    public void ADumpOfOursIsOverwrittenWhenAskedTo()
    {
        var area = new AreaFixture();
        Assert.Equal(Status.Ok, area.WriteDump());
        Assert.Equal(Status.DumpNotSaved, area.Open());
        Assert.Equal(Status.Ok, area.Sink.Open(area.Extent, default, overwrite: true));
    }

    // An MBR with boot code, a file system in page 0, an md 1.2 or bcache superblock at 4 KiB, and the last byte.
    [Theory]
    [InlineData(0, AreaState.Complete)]
    [InlineData(440, AreaState.Writing)]
    [InlineData(1024 + 56, AreaState.Complete)]
    [InlineData(4096, AreaState.Incomplete)]
    [InlineData((AreaFixture.HeaderPages * 4096) - 1, AreaState.Complete)]
    public void AnUnsavedDumpIsOverwrittenOnlyWhereItStillIs(int offsetBytes, AreaState state)
    {
        var area = new AreaFixture();
        area.PlantLabel(area.UnsavedLabel(state));
        Assert.Equal(Status.Ok, area.Sink.Open(area.Extent, default, overwrite: true));

        byte other = (byte)~area.Dump[offsetBytes];
        area.Disk.Plant((AreaFixture.FirstPage * 4096) + offsetBytes, [other]);

        Assert.Equal(Status.AreaInUse, area.Sink.Open(area.Extent, default, overwrite: true));
        Assert.Equal(Status.NoLabel, area.Sink.Begin(area.Facts));
        Assert.Equal(0, area.Disk.SubmittedWrites);
    }

    [Fact]
    public void ADumpThatBeganAndWroteNothingIsOverwritten()
    {
        var area = new AreaFixture();
        area.PlantLabel(area.UnsavedLabel(AreaState.Writing));
        area.Disk.Plant(AreaFixture.FirstPage * 4096, new byte[AreaFixture.HeaderPages * 4096]);

        Assert.Equal(Status.Ok, area.Sink.Open(area.Extent, default, overwrite: true));
    }

    [Fact]
    public void AnUnsavedDumpWithoutAHeaderChecksumIsNotOverwritten()
    {
        var area = new AreaFixture();
        AreaLabel label = area.UnsavedLabel(AreaState.Complete);
        label.HeaderBytes = 0;
        area.PlantLabel(label);
        Assert.Equal(Status.Ok, area.Sink.Open(area.Extent, default, overwrite: true));

        // EI_MAG0 to EI_MAG3 (System V ABI, "ELF Identification"): any core file, or a boot loader's.
        area.Disk.Plant(AreaFixture.FirstPage * 4096, [0x7F, 0x45, 0x4C, 0x46]);
        Assert.Equal(Status.AreaInUse, area.Sink.Open(area.Extent, default, overwrite: true));
    }

    [Fact]
    public void AHeaderThatCannotBeReadIsNotOverwritten()
    {
        var area = new AreaFixture();
        area.PlantLabel(area.UnsavedLabel(AreaState.Complete));
        area.Disk.FailBlock(area.BlockOfPage(0));

        Assert.Equal(Status.RequestFailed, area.Sink.Open(area.Extent, default, overwrite: true));
    }

    [Fact]
    public void OneAreaAfterAnotherMayBeTried()
    {
        var area = new AreaFixture();
        var disk = new FaultyDisk(area.Disk);
        Assert.Equal(Status.NoLabel, area.Sink.Open(AreaExtent.WholeOf(ref disk), default, overwrite: false));
        Assert.Equal(Status.Ok, area.Sink.Open(area.Extent, default, overwrite: false));
        Assert.Equal(Status.NoLabel, area.Sink.Open(AreaExtent.WholeOf(ref disk), default, overwrite: false));
        Assert.Equal(Status.NoLabel, area.Sink.Begin(area.Facts));
        Assert.Equal(Status.Ok, area.WriteDump());
    }

    private static void Refuses(AreaFixture area, Status expected)
    {
        Assert.Equal(expected, area.Open());
        Assert.Equal(Status.NoLabel, area.Sink.Begin(area.Facts));
        Assert.Equal(Status.NoLabel, area.Sink.Submit(new DumpChunk(0, TestMemory.AddressOf(0), 4096)));
        Assert.Equal(0, area.Disk.SubmittedWrites);
    }
}
