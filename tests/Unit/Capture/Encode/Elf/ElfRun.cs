using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using CosmosKdump.Tests.Unit.Capture.Filter;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Elf;

/// <summary>A capture of <see cref="CrashedPages"/>, all of them the kernel's at first, into an ELF vmcore.</summary>
internal sealed class ElfRun
{
    private const ulong StagingAddress = 0x1_7000_0000;

    public ElfRun(byte level, Action<CrashedPages> change, ulong capacityBytes = ulong.MaxValue, bool hasIdle = true)
    {
        change(Pages);
        CrashedCore.Plant(Pages);
        byte[] staging = new byte[8 * Limits.PageBytes];
        var buffers = new TestBuffers(slots: 1);
        Medium = new ChunkSink.Medium(Pages.Memory, staging, StagingAddress, capacityBytes);
        var memory = new SparsePort(Pages.Memory);
        var console = new FakeConsole();
        var clock = new FakeClock(100);
        BootOptions options = BootOptions.Default;
        options.HasElfCoreHeader = true;
        options.ElfCoreHeaderAddress = CrashedCore.HeaderAt;
        options.DumpLevel = level;
        options.ExcludesIdlePageStructs = !hasIdle;
        Status prepared = CapturePipeline.Prepare(
            ref memory, ref console, in options, new PhysicalRange[16], new byte[Limits.VmcoreInfoBytes], 0,
            out CapturePlan plan);
        Xunit.Assert.Equal(Status.Ok, prepared);
        var sink = new ChunkSink(Medium);
        var packer = new TestCompressor<SparsePort>(memory, Compressor.None, 1);
        var spans = buffers.Spans;
        Result = CapturePipeline.Run(
            ref memory, ref sink, ref clock, ref console, ref packer, in plan, in spans,
            new DmaBuffer(staging, StagingAddress));
        Lines = console.Lines;
    }

    public CrashedPages Pages { get; } = new();

    public ChunkSink.Medium Medium { get; }

    public CaptureResult Result { get; }

    public string[] Lines { get; }

    /// <summary>Makes free pages of a range of page numbers, in blocks of at most 1024.</summary>
    public static void Free(CrashedPages pages, ulong first, ulong end)
    {
        while (first < end)
        {
            int order = Enumerable.Range(0, 11).Last(o => first % (1UL << o) == 0 && first + (1UL << o) <= end);
            pages.Free(first, order);
            first += 1UL << order;
        }
    }

    /// <summary>Gives the first bytes of pages a content.</summary>
    public static void Fill(CrashedPages pages, ulong first, ulong end)
    {
        for (ulong pfn = first; pfn < end; pfn++)
        {
            pages.Memory.WriteUInt64((pfn * Limits.PageBytes) + (pfn % 500 * 8), pfn + 1);
        }
    }

    /// <summary>The dump as a file, with holes where nothing but zeros was written.</summary>
    public string Save(string path)
    {
        using FileStream file = new(path, FileMode.Create);
        file.SetLength((long)Medium.Facts.LengthBytes);
        byte[] page = new byte[Limits.PageBytes];
        foreach ((DumpChunk chunk, byte[]? bytes) in Medium.Chunks)
        {
            for (ulong done = 0; done < chunk.LengthBytes; done += Limits.PageBytes)
            {
                Pages.Memory.Read(bytes is null ? chunk.Address + done : 0, page);
                ReadOnlySpan<byte> source = bytes is null ? page : bytes.AsSpan((int)done, Limits.PageBytes);
                if (source.ContainsAnyExcept((byte)0))
                {
                    file.Position = (long)(chunk.PositionBytes + done);
                    file.Write(source);
                }
            }
        }
        return path;
    }
}
