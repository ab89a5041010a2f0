using System;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Files;

public sealed class FlattenedBytesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Records_in_any_order_are_the_dump(int seed)
    {
        byte[] dump = Noise(seed, 300_001);
        using FlattenedBytes flattened = Open(KdumpBuilder.Flatten(dump, KdumpBuilder.Shuffled(seed, dump.Length)));
        Assert.Equal((dump.Length, null), (flattened.LengthBytes, flattened.Problem));
        Random random = new(seed);
        for (int i = 0; i < 300; i++)
        {
            int start = random.Next(dump.Length);
            byte[] read = new byte[random.Next(dump.Length - start + 1)];
            Assert.Equal(Status.Ok, flattened.Read((ulong)start, read));
            Assert.True(dump.AsSpan(start, read.Length).SequenceEqual(read));
        }
    }

    [Fact]
    public void A_later_record_replaces_what_earlier_ones_wrote()
    {
        byte[] dump = Noise(3, 1000);
        byte[] file = File(
            (0, [.. new byte[400]]), (400, dump[400..1000]), (100, dump[100..300]), (0, dump[..150]), (300, dump[300..500]));
        using FlattenedBytes flattened = Open(file);
        byte[] read = new byte[1000];
        Assert.Equal(Status.Ok, flattened.Read(0, read));
        Assert.Equal(dump, read);
    }

    [Fact]
    public void What_no_record_holds_is_zeros_and_what_is_past_them_is_not_there()
    {
        using FlattenedBytes flattened = Open(File((10, [1, 2, 3]), (20, [4])));
        byte[] read = [.. Enumerable.Repeat((byte)9, 24)];
        Assert.Equal(Status.MemoryUnreadable, flattened.Read(0, read));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0], read);
        Assert.Equal(Status.Ok, flattened.Read(0, read.AsSpan(0, 21)));
        Assert.Equal(21, flattened.LengthBytes);
    }

    [Fact]
    public void Offsets_are_those_of_the_file()
    {
        byte[] file = File((100, new byte[50]), (0, new byte[100]));
        using FlattenedBytes flattened = Open(file);
        Assert.Equal(4096 + 16 + 10, flattened.PlaceOf(110));
        Assert.Equal(4096 + 16 + 50 + 16 + 10, flattened.PlaceOf(10));
        Assert.Equal(file.Length, flattened.PlaceOf(1000));
    }

    [Fact]
    public void A_file_cut_short_has_the_records_before()
    {
        byte[] dump = Noise(4, 5000);
        byte[] file = KdumpBuilder.Flatten(dump, [(0, 2000), (2000, 3000)], hasEnd: false);
        using (FlattenedBytes noEnd = Open(file))
        {
            Assert.Equal((5000L, "the flattened dump ends without an end mark", (long?)file.Length),
                (noEnd.LengthBytes, noEnd.Problem?.What, noEnd.Problem?.OffsetBytes));
        }
        using FlattenedBytes cut = Open(file[..^1000]);
        byte[] read = new byte[4000];
        Assert.Equal((4000L, (long?)file.Length - 1000), (cut.LengthBytes, cut.Problem?.OffsetBytes));
        Assert.Equal(Status.Ok, cut.Read(0, read));
        Assert.Equal(dump[..4000], read);
    }

    [Theory]
    [InlineData(-2L, 10L)]
    [InlineData(0L, 0L)]
    [InlineData(0L, -1L)]
    [InlineData(long.MaxValue, 10L)]
    [InlineData(long.MinValue, long.MinValue)]
    public void A_record_that_cannot_be_true_ends_the_dump(long offset, long length)
    {
        MemoryStream file = new();
        file.Write(File((0, [1, 2, 3]))[..^16]);
        long at = file.Length;
        KdumpBuilder.WriteRecord(file, offset, length, new byte[10]);
        using FlattenedBytes flattened = Open(file.ToArray());
        Assert.Equal((at, 3L), (flattened.Problem?.OffsetBytes, flattened.LengthBytes));
        Assert.Contains("flattened record of", flattened.Problem?.What);
    }

    [Fact]
    public void A_record_longer_than_all_files_is_cut()
    {
        MemoryStream file = new();
        file.Write(File()[..^16]);
        KdumpBuilder.WriteRecord(file, 0, long.MaxValue, [1, 2, 3]);
        using FlattenedBytes flattened = Open(file.ToArray());
        Assert.Equal(3, flattened.LengthBytes);
        Assert.NotNull(flattened.Problem);
    }

    [Theory]
    [InlineData(23, 2, "unknown type")]
    [InlineData(31, 9, "unknown version")]
    [InlineData(31, 1, "without a record")]
    public void Other_flattened_files_are_refused(int at, byte value, string what)
    {
        byte[] file = File();
        file[at] = value;
        string path = Write(file);
        Assert.False(VmcoreFile.TryOpen(path, out _, out FileProblem? problem));
        Assert.Contains(what, problem.What);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flattened_dump_of_either_format_is_opened(bool isKdump)
    {
        SyntheticKernel kernel = new();
        byte[] dump = isKdump ? KdumpBuilder.Of(kernel).Build() : kernel.ToVmcore();
        using OpenedKernel opened = new(KdumpBuilder.Flatten(dump, KdumpBuilder.Shuffled(7, dump.Length)));
        Assert.Equal(SyntheticKernel.Release, opened.Kernel.Name?.Release);
        byte[] memory = new byte[kernel.Memory.Length];
        Assert.Equal(Status.Ok, opened.Kernel.Vmcore.ReadPhysical(SyntheticKernel.Physical, memory));
        Assert.Equal(kernel.Memory, memory);
    }

    [Fact]
    public void A_problem_of_the_dump_has_its_place_in_the_file()
    {
        byte[] dump = new SyntheticKernel().ToVmcore();
        dump[5] = 2;
        string path = Write(KdumpBuilder.Flatten(dump, [(4096, dump.Length - 4096), (0, 4096)]));
        Assert.False(CrashedKernel.TryOpen(path, out _, out FileProblem? problem));
        Assert.Equal(4096 + 16 + (dump.Length - 4096) + 16 + 5, problem.OffsetBytes);
    }

    private static byte[] File(params (long Offset, byte[] Bytes)[] records)
    {
        MemoryStream file = new();
        file.Write(KdumpBuilder.Flatten([], [], hasEnd: false));
        foreach ((long offset, byte[] bytes) in records)
        {
            KdumpBuilder.WriteRecord(file, offset, bytes.Length, bytes);
        }
        KdumpBuilder.WriteRecord(file, -1, -1, []);
        return file.ToArray();
    }

    private static byte[] Noise(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private FlattenedBytes Open(byte[] content)
    {
        Assert.True(FileBytes.TryOpen(Write(content), out FileBytes? file, out _));
        Assert.True(FlattenedBytes.IsFlattened(file));
        Assert.True(FlattenedBytes.TryRead(file, out FlattenedBytes? flattened, out FileProblem? problem), problem?.ToString());
        return flattened;
    }

    private string Write(byte[] content)
    {
        string path = _folder.PathOf("flattened");
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }
}
