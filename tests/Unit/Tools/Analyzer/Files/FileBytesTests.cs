using System;
using System.IO;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Files;

public sealed class FileBytesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_piece_of_a_file_is_what_the_file_holds()
    {
        byte[] content = new byte[100_003];
        Random random = new(5);
        random.NextBytes(content);
        using FileBytes file = Open(content);
        for (int i = 0; i < 500; i++)
        {
            int start = random.Next(content.Length);
            int length = random.Next(Math.Min(40_000, content.Length - start) + 1);
            byte[] read = new byte[length];
            Assert.Equal(Status.Ok, file.Read((ulong)start, read));
            Assert.True(content.AsSpan(start, length).SequenceEqual(read));
        }
    }

    [Theory]
    [InlineData(90UL)]
    [InlineData(100UL)]
    [InlineData(ulong.MaxValue)]
    public void Past_the_end_there_are_zeros(ulong offset)
    {
        byte[] content = new byte[100];
        content.AsSpan().Fill(7);
        using FileBytes file = Open(content);
        byte[] read = new byte[20];
        read.AsSpan().Fill(9);
        Assert.Equal(Status.MemoryUnreadable, file.Read(offset, read));
        byte[] expected = new byte[20];
        expected.AsSpan(0, offset == 90 ? 10 : 0).Fill(7);
        Assert.Equal(expected, read);
    }

    [Fact]
    public void A_file_that_shrinks_meanwhile_reads_as_unreadable()
    {
        using FileBytes file = Open(new byte[200_000]);
        using (FileStream other = File.OpenWrite(file.Path))
        {
            other.SetLength(50_000);
        }
        Assert.Equal(Status.MemoryUnreadable, file.Read(150_000, new byte[16]));
        Assert.Equal(Status.MemoryUnreadable, file.Read(40_000, new byte[100_000]));
        Assert.Equal(Status.Ok, file.Read(40_000, new byte[16]));
    }

    [Fact]
    public void A_sparse_file_of_terabytes_costs_nothing()
    {
        const long Length = 6L << 40;
        string path = _folder.Make("huge", Length, Length - 4, [1, 2, 3, 4]);
        Assert.True(FileBytes.TryOpen(path, out FileBytes? file, out _));
        using (file)
        {
            byte[] read = new byte[4];
            Assert.Equal(Length, file.LengthBytes);
            Assert.Equal(Status.Ok, file.Read(Length - 4, read));
            Assert.Equal([1, 2, 3, 4], read);
        }
    }

    private FileBytes Open(byte[] content)
    {
        string path = _folder.PathOf("file");
        File.WriteAllBytes(path, content);
        Assert.True(FileBytes.TryOpen(path, out FileBytes? file, out FileProblem? problem), problem?.ToString());
        return file;
    }
}
