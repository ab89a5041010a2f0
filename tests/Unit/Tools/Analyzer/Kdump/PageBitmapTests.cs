using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Kdump;

public sealed class PageBitmapTests : IDisposable
{
    private const int OffsetBytes = 100;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, 64, 2)]
    [InlineData(3, 65, 2)]
    [InlineData(4, 100_000, 2)]
    [InlineData(5, 100_000, 1000)]
    [InlineData(6, 131_071, 40)]
    [InlineData(7, 131_072, 100_000)]
    public void Bits_ranks_and_runs_agree_with_a_plain_count(int seed, int count, int longestRun)
    {
        Random random = new(seed);
        bool[] bits = new bool[count];
        for (int at = 0; at < count;)
        {
            int end = Math.Min(count, at + random.Next(1, longestRun + 1));
            bits.AsSpan(at, end - at).Fill(random.Next(2) == 0);
            at = end;
        }
        // What lies behind the last bit must not count.
        byte[] file = [.. Enumerable.Repeat((byte)0xFF, OffsetBytes + (count / 8) + 64)];
        for (int i = 0; i < count; i++)
        {
            byte mask = (byte)(1 << (i % 8));
            file[OffsetBytes + (i / 8)] = (byte)(bits[i] ? file[OffsetBytes + (i / 8)] | mask : file[OffsetBytes + (i / 8)] & ~mask);
        }
        using FileBytes bytes = Open(file);
        PageBitmap bitmap = new(bytes, OffsetBytes, (ulong)count);
        Assert.Null(bitmap.BuildRanks());
        Assert.Equal((ulong)bits.Count(bit => bit), bitmap.SetCount);
        ulong rank = 0;
        for (int i = 0; i < count; i++)
        {
            if (bitmap.IsSet((ulong)i) != bits[i] || (i % 7 == 0 && bitmap.RankOf((ulong)i) != rank))
            {
                Assert.Fail($"bit {i}");
            }
            rank += bits[i] ? 1UL : 0;
        }
        Assert.False(bitmap.IsSet((ulong)count));
        Assert.Equal(rank, bitmap.RankOf((ulong)count + 5));
        Assert.Equal(Runs(bits), bitmap.Runs());
    }

    [Fact]
    public void A_bitmap_that_the_file_lacks_is_a_problem()
    {
        using FileBytes bytes = Open(new byte[5000]);
        Assert.Equal(8192, new PageBitmap(bytes, 0, 100_000).BuildRanks()?.OffsetBytes + 4096);
    }

    private static List<AddressRange> Runs(bool[] bits)
    {
        List<AddressRange> runs = [];
        for (int at = 0; at < bits.Length; at++)
        {
            if (bits[at] && runs.Count > 0 && runs[^1].End == (ulong)at)
            {
                runs[^1] = runs[^1] with { End = (ulong)at + 1 };
            }
            else if (bits[at])
            {
                runs.Add(new AddressRange((ulong)at, (ulong)at + 1));
            }
        }
        return runs;
    }

    private FileBytes Open(byte[] content)
    {
        string path = _folder.PathOf("bitmap");
        File.WriteAllBytes(path, content);
        Assert.True(FileBytes.TryOpen(path, out FileBytes? file, out _));
        return file;
    }
}
