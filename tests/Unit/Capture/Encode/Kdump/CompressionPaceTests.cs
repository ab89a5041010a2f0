using System.Linq;
using CosmosKdump.Capture.Encode.Kdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

public class CompressionPaceTests
{
    [Fact]
    public void WhatIsFixedStaysSo()
    {
        CompressionPace always = CompressionPace.Always;
        CompressionPace never = CompressionPace.Never;
        for (int i = 0; i < 100; i++)
        {
            always.Tell(0, 1000);
            never.Tell(1000, 1000);
            Assert.True(always.Next());
            Assert.False(never.Next());
        }
    }

    [Fact]
    public void AFastSinkGetsPagesAsTheyAre()
    {
        CompressionPace pace = CompressionPace.Adaptive;
        Assert.True(pace.Next());
        Tell(ref pace, waited: 0, times: 16);
        Assert.Equal(0, Compressed(ref pace));
    }

    [Fact]
    public void ASlowSinkGetsCompressedPagesAgain()
    {
        CompressionPace pace = CompressionPace.Adaptive;
        Tell(ref pace, waited: 10, times: 40);
        Tell(ref pace, waited: 900, times: 8);
        Assert.Equal(50, Compressed(ref pace));
        Tell(ref pace, waited: 900, times: 40);
        Assert.Equal(100, Compressed(ref pace));
    }

    [Fact]
    public void TheShareSettlesWhereTheSinkIsJustBusy()
    {
        // A sink that is waited for as soon as less than three quarters of the batches are compressed.
        CompressionPace pace = CompressionPace.Adaptive;
        int[] shares = new int[200];
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = Compressed(ref pace);
            pace.Tell(shares[i] < 75 ? 500UL : 0, 1000);
        }
        Assert.All(shares.Skip(20), share => Assert.InRange(share, 62, 82));
    }

    private static void Tell(ref CompressionPace pace, ulong waited, int times)
    {
        for (int i = 0; i < times; i++)
        {
            pace.Tell(waited, 1000);
        }
    }

    // Of a hundred batches.
    private static int Compressed(ref CompressionPace pace)
    {
        int count = 0;
        for (int i = 0; i < 100; i++)
        {
            count += pace.Next() ? 1 : 0;
        }
        return count;
    }
}
