using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture;
using KdumpHeader = CosmosKdump.Capture.Encode.Kdump.KdumpHeader;
using CosmosKdump.Tests.Unit.Capture.Encode.Kdump;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Flat;

/// <summary>Flattened dumps, put together again.</summary>
public sealed class FlatSinkTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(3)]
    [InlineData(33)]
    public void TheRecordsMakeTheDumpThatADiskWouldHold(int bufferPages)
    {
        var stream = new FlatStream(bufferPages);
        var run = new KdumpRun(canReadBack: false, second: stream);
        Assert.Equal(Status.Ok, run.Result.Status);
        var disk = new KdumpRun();
        byte[] flat = stream.Output.ToArray();
        Assert.Equal("makedumpfile\0\0\0\0", Encoding.ASCII.GetString(flat, 0, 16));
        Assert.Equal("00000000000000010000000000000001", Convert.ToHexString(flat, 16, 16));
        Assert.True(flat.AsSpan(32, 4096 - 32).IndexOfAnyExcept((byte)0) < 0);
        Assert.True(Rearranged(flat).AsSpan().SequenceEqual(
            disk.Medium.Bytes.AsSpan(0, (int)disk.Medium.Facts.LengthBytes)));
        Assert.Equal(disk.Medium.Facts.LengthBytes / Limits.PageBytes, stream.PagesWritten);
    }

    [Fact]
    public void OursIsReadAsItLies()
    {
        var stream = new FlatStream();
        Assert.Equal(Status.Ok, new KdumpRun(canReadBack: false, second: stream).Result.Status);
        using KdumpVmcore vmcore = Open(stream.Output.ToArray());
        Assert.Null(vmcore.Bytes.Problem);
        Assert.False(vmcore.IsIncomplete);
        Assert.Equal((ulong)System.Linq.Enumerable.Count(KdumpRun.KeptPages()), vmcore.KeptPages);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(33)]
    public void PagesThatAreLostOnTheWayAreToldByTheHeader(int bufferPages)
    {
        var stream = new FlatStream(bufferPages);
        var run = new KdumpRun(canReadBack: false, second: stream, change: pages => pages.Memory.Unreadable.Add(0x1003));
        Assert.Equal(Status.PagesLost, run.Result.Status);
        byte[] flat = stream.Output.ToArray();
        using KdumpVmcore vmcore = Open(flat);
        Assert.Null(vmcore.Bytes.Problem);
        Assert.True(vmcore.IsIncomplete);
        byte[] plain = Rearranged(flat);
        Assert.Equal(KdumpHeader.Incomplete, plain[KdumpHeader.StatusAt] & KdumpHeader.Incomplete);
    }

    [Fact]
    public void AStreamThatIsCutHasNoEndMark()
    {
        var whole = new FlatStream();
        Assert.Equal(Status.Ok, new KdumpRun(canReadBack: false, second: whole).Result.Status);
        var stream = new FlatStream { BytesUntilStuck = whole.Output.Length * 6 / 10 };
        Assert.Equal(Status.ChannelStuck, new KdumpRun(canReadBack: false, second: stream).Result.Status);
        using KdumpVmcore vmcore = Open(stream.Output.ToArray());
        Assert.Contains("ends", vmcore.Bytes.Problem!.What);
        // What the kernel needs is there.
        Assert.Equal(PageState.Kept, vmcore.StateOf(0xBFFFF));
    }

    [Fact]
    public void ABufferThatIsTooSmallIsRefused() =>
        Assert.Equal(Status.BufferTooSmall, new KdumpRun(canReadBack: false, second: new FlatStream(2)).Result.Status);

    private KdumpVmcore Open(byte[] flat)
    {
        string path = _folder.PathOf("flat");
        File.WriteAllBytes(path, flat);
        Assert.True(VmcoreFile.TryOpen(path, out VmcoreFile? file, out FileProblem? problem), problem?.ToString());
        return Assert.IsType<KdumpVmcore>(file);
    }

    // As makedumpfile -R: the records in their order, up to the end mark, behind which there is nothing.
    private static byte[] Rearranged(ReadOnlySpan<byte> flat)
    {
        using MemoryStream dump = new();
        flat = flat[4096..];
        while (true)
        {
            long offset = BinaryPrimitives.ReadInt64BigEndian(flat);
            long length = BinaryPrimitives.ReadInt64BigEndian(flat[8..]);
            flat = flat[16..];
            if ((offset, length) == (-1, -1))
            {
                Assert.Equal(0, flat.Length);
                return dump.ToArray();
            }
            dump.Position = offset;
            dump.Write(flat[..(int)length]);
            flat = flat[(int)length..];
        }
    }
}
