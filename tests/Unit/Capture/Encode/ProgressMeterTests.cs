using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode;

public class ProgressMeterTests
{
    [Theory]
    [InlineData(0ul, 1ul, 0ul)]
    [InlineData(1000ul, 0ul, 0ul)]
    [InlineData(1ul << 30, 1_000_000ul, 1ul << 30)]
    [InlineData(1ul << 52, 1_000ul, (1ul << 52) * 1000)]
    [InlineData(4096ul, 3_000_000ul, 1365ul)]
    [InlineData((1ul << 50) - 1, 1ul << 40, 1_023_999_999ul)]
    public void TheRateNeedsNoFloat(ulong bytes, ulong microseconds, ulong expected) =>
        Assert.Equal(expected, ProgressMeter.RateOf(bytes, microseconds));

    [Fact]
    public void PiecesGrowOnAQuickMedium()
    {
        var meter = new ProgressMeter(1ul << 40, 0);
        var clock = new FakeClock(1000);
        var console = new FakeConsole();
        for (int i = 0; i < 30; i++)
        {
            meter.Advance(ref clock, ref console, meter.PieceBytes);
        }
        Assert.Equal(Limits.ChunkBytes, meter.PieceBytes);
        Assert.Empty(console.Lines);
    }

    [Fact]
    public void PiecesStaySmallOnASlowMediumSoThatProgressIsTold()
    {
        var meter = new ProgressMeter(1ul << 30, 0);
        var clock = new FakeClock(2_000_000);
        var console = new FakeConsole();
        ulong first = meter.PieceBytes;
        for (int i = 0; i < 10; i++)
        {
            meter.Advance(ref clock, ref console, meter.PieceBytes);
        }
        Assert.Equal(first, meter.PieceBytes);
        Assert.Equal(10, console.Lines.Length);
        Assert.Equal("ckdump:   0 %  160.0 KiB  8.0 KiB/s", console.Lines[^1]);
    }
}
