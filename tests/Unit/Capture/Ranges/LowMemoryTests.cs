using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Ranges;

public class LowMemoryTests
{
    private const ulong CopyAddress = 0x20000000;

    private const string FileLoad = """
        header at=0x30000000
        LOAD offset=0x1000 paddr=0x1000 memsz=0x9ec00
        LOAD offset=0x100000 paddr=0x100000 memsz=0x100000
        """;

    private static LowMemory Examine(string text)
    {
        CrashImage image = CrashImage.Parse(text);
        var memory = new FakeMemory(image.Memory);
        var console = new FakeConsole();
        ElfCoreHeader.Open(ref memory, ref console, image.HeaderAddress, 0, out ElfCoreHeader header);
        return LowMemory.Examine(ref memory, in header);
    }

    [Fact]
    public void PurgatorySavedItWhenTheSegmentPointsElsewhere()
    {
        LowMemory low = Examine(FileLoad.Replace("offset=0x1000 ", "offset=0x3ef61000 "));
        Assert.True(low.IsSavedByLoader);
        Assert.False(low.NeedsCopy);
    }

    [Fact]
    public void NobodySavedItWhenTheSegmentPointsAtItself()
    {
        LowMemory low = Examine(FileLoad);
        Assert.False(low.IsSavedByLoader);
        Assert.True(low.NeedsCopy);
    }

    [Fact]
    public void NothingIsNeededWhenTheHeaderHasNoLowMemory()
    {
        LowMemory low = Examine("header at=0x30000000\nLOAD offset=0x100000 paddr=0x100000 memsz=0x100000");
        Assert.False(low.IsSavedByLoader);
        Assert.False(low.NeedsCopy);
    }

    [Theory]
    [InlineData(0x0ul, 0x1000ul, CopyAddress, 0x1000ul)]
    [InlineData(0x9f000ul, 0x8000ul, CopyAddress + 0x9f000, 0x1000ul)]
    [InlineData(0xa0000ul, 0x8000ul, 0xa0000ul, 0x8000ul)]
    [InlineData(0x100000ul, 0x8000ul, 0x100000ul, 0x8000ul)]
    public void LowAddressesLieInTheCopy(ulong source, ulong length, ulong expected, ulong expectedLength)
    {
        LowMemory low = default;
        low.CopyAddress = CopyAddress;
        Assert.Equal(expected, low.Translate(source, ref length));
        Assert.Equal(expectedLength, length);
    }

    [Fact]
    public void WithoutACopyAddressesStay()
    {
        LowMemory low = default;
        ulong length = 0x100000;
        Assert.Equal(0x1000ul, low.Translate(0x1000, ref length));
        Assert.Equal(0x100000ul, length);
    }

    [Fact]
    public void TheDumpShowsLowMemoryAsItWasAtTheCrash()
    {
        CrashImage image = CrashImage.Parse(FileLoad.Replace("paddr=0x1000 memsz=0x9ec00", "paddr=0x1000 memsz=0xff000"));
        image.Memory.AddRam(CopyAddress, Limits.LowMemoryBytes);
        var run = new CaptureRun(image, CopyAddress);
        Assert.Equal(Status.Ok, run.Result.Status);
        ulong at = run.Layout.SegmentPositionBytes;
        Assert.Equal(MemoryImage.PatternAt(CopyAddress + 0x1000), run.Record.Read(at, 1)[0]);
        Assert.Equal(MemoryImage.PatternAt(CopyAddress + 0x9ffff), run.Record.Read(at + 0x9efff, 1)[0]);
        Assert.Equal(MemoryImage.PatternAt(0xa0000), run.Record.Read(at + 0x9f000, 1)[0]);
        Assert.Contains(run.Lines, line => line.EndsWith("low memory saved by us", System.StringComparison.Ordinal));
        Assert.DoesNotContain(run.Record.Done, piece => piece.Chunk.Address < Limits.LowMemoryBytes);
    }

    [Fact]
    public void ACopyThatIsMissingIsTold()
    {
        var run = new CaptureRun(CrashImage.Parse(FileLoad));
        Assert.Contains(run.Lines, line => line.EndsWith("not saved, dumped as it is", System.StringComparison.Ordinal));
    }
}
