using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using CosmosKdump.Tests.Unit.Capture.Filter;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

/// <summary>
/// A capture of <see cref="CrashedPages"/> into a kdump-compressed dump: nearly all memory is free, and the pages that
/// are not hold text, noise or zeros.
/// </summary>
internal sealed class KdumpRun
{
    public KdumpRun(
        byte level = 31,
        Compressor compressor = Compressor.Zlib,
        int slots = 1,
        ulong capacityBytes = 64UL << 20,
        bool canReadBack = true,
        Action<CrashedPages>? change = null,
        int failAfter = int.MaxValue,
        int units = 4,
        int foundUnits = 0,
        ISecondSink? second = null,
        Func<ulong, Status>? readsBack = null)
    {
        Fill(Pages);
        change?.Invoke(Pages);
        CrashedCore.Plant(Pages);
        byte[] staging = new byte[8 * Limits.PageBytes];
        var buffers = new TestBuffers(slots, units, foundUnits);
        Medium = new MemorySink.Medium(capacityBytes, canReadBack, buffers, staging)
        {
            FailAfter = failAfter,
            Second = second,
            ReadsBack = readsBack ?? (_ => Status.Ok),
        };
        second?.Use(Medium);
        var memory = new SparsePort(Pages.Memory);
        var console = new FakeConsole();
        var clock = new FakeClock(100);
        BootOptions options = BootOptions.Default;
        options.HasElfCoreHeader = true;
        options.ElfCoreHeaderAddress = CrashedCore.HeaderAt;
        options.Format = DumpFormat.Kdump;
        options.DumpLevel = level;
        options.Compressor = compressor;
        Prepared = CapturePipeline.Prepare(
            ref memory, ref console, in options, new PhysicalRange[16], new byte[Limits.VmcoreInfoBytes], 0,
            out CapturePlan plan);
        var sink = new MemorySink(Medium);
        var packer = new TestCompressor<SparsePort>(memory, compressor, slots);
        KdumpBuffers spans = buffers.Spans;
        Result = CapturePipeline.Run(
            ref memory, ref sink, ref clock, ref console, ref packer, in plan, in spans,
            new DmaBuffer(staging, MemorySink.Medium.StagingAddress));
        Lines = console.Lines;
    }

    public CrashedPages Pages { get; } = new();

    public MemorySink.Medium Medium { get; }

    public Status Prepared { get; }

    public CaptureResult Result { get; }

    public string[] Lines { get; }

    /// <summary>The page numbers that a dump of level 31 holds.</summary>
    public static IEnumerable<ulong> KeptPages()
    {
        for (ulong pfn = 0; pfn < CrashedPages.MemoryBytes / Limits.PageBytes; pfn++)
        {
            if (IsKept(pfn))
            {
                yield return pfn;
            }
        }
    }

    /// <summary>The dump as a file.</summary>
    public string Save(string path)
    {
        File.WriteAllBytes(path, Medium.Bytes.AsSpan(0, (int)Medium.Facts.LengthBytes));
        return path;
    }

    // The image and its tables, the page structs' first megabytes, and some pages far up.
    private static bool IsKept(ulong pfn) =>
        pfn is (>= 0x1000 and < 0x3000) or (>= 0x10000 and < 0x13000) or (>= 0xBFC00 and < 0xC0000);

    private static void Fill(CrashedPages pages)
    {
        const ulong Block = 0x400;
        var random = new Random(5);
        for (ulong pfn = 0; pfn < CrashedPages.MemoryBytes / Limits.PageBytes; pfn += Block)
        {
            if (!IsKept(pfn))
            {
                pages.Free(pfn, 10);
            }
        }
        for (ulong pfn = 0x1000; pfn < 0x1400; pfn++)
        {
            Span<byte> page = pages.Memory.At(pfn * Limits.PageBytes, Limits.PageBytes);
            switch (pfn % 5)
            {
                case 0:
                    random.NextBytes(page);
                    break;
                case 1:
                    Encoding.ASCII.GetBytes($"page {pfn} ").CopyTo(page);
                    page[1000..].Fill((byte)pfn);
                    break;
                case 2:
                    page.Fill((byte)(0xF0 | (pfn / 5 % 2)));
                    break;
                case 3:
                    System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(page).Fill(0xFFFF_8880_0000_0000 + (pfn << 6));
                    break;
                default:
                    break;
            }
        }
        random.NextBytes(pages.Memory.At(0xBFFFF * (ulong)Limits.PageBytes, Limits.PageBytes));
    }
}
