using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Checks;

/// <summary>Decompresses every page of a kdump-compressed dump, on all CPUs, while the next pages are read.</summary>
internal sealed class KdumpPages : IDisposable
{
    private const int BatchPages = 2048;
    private const int PiecePages = 64;

    private readonly ThreadLocal<PageDecoder> _decoders = new(() => new PageDecoder(), trackAllValues: true);
    private readonly ThreadLocal<byte[]> _pages = new(() => new byte[Limits.PageBytes]);
    private long _bad;
    private FileProblem? _first;

    /// <summary>Reads and decompresses all pages that the dump has; tells the pages done and their total.</summary>
    public static CheckResult Run(KdumpVmcore vmcore, Action<ulong, ulong> progress)
    {
        using KdumpPages pages = new();
        return pages.Decode(vmcore, progress);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PageDecoder decoder in _decoders.Values)
        {
            decoder.Dispose();
        }
        _decoders.Dispose();
        _pages.Dispose();
    }

    private CheckResult Decode(KdumpVmcore vmcore, Action<ulong, ulong> progress)
    {
        const string Name = "page content";
        ulong done = 0;
        ulong good = 0;
        (List<KeptPage> Pages, byte[] Stored) reading = ([], new byte[BatchPages * Limits.PageBytes]);
        (List<KeptPage> Pages, byte[] Stored) decoding = ([], new byte[BatchPages * Limits.PageBytes]);
        Task running = Task.CompletedTask;
        foreach (KeptPage page in vmcore.Pages())
        {
            done++;
            if (page.Descriptor.IsMissing
                || PageDecoder.Check(page.Descriptor, vmcore.DataOffset, vmcore.LengthBytes) is not null)
            {
                continue;
            }
            Span<byte> stored = reading.Stored.AsSpan(
                reading.Pages.Count * Limits.PageBytes, (int)page.Descriptor.LengthBytes);
            if (vmcore.Bytes.Read(page.Descriptor.OffsetBytes, stored) != Status.Ok)
            {
                Tell(in page, "cannot be read");
                continue;
            }
            reading.Pages.Add(page);
            good++;
            if (reading.Pages.Count == BatchPages)
            {
                progress(done, vmcore.KeptPages);
                running.Wait();
                (reading, decoding) = (decoding, reading);
                (List<KeptPage> batch, byte[] bytes) = decoding;
                running = Task.Run(() => Decode(batch, bytes));
                reading.Pages.Clear();
            }
        }
        running.Wait();
        Decode(reading.Pages, reading.Stored);
        return _first is FileProblem first
            ? new CheckResult(Name, false, $"{_bad} pages cannot be read, the first found: {first.What}", first.OffsetBytes)
            : CheckResult.Ok(Name, $"{good} pages read and decompressed");
    }

    private void Decode(List<KeptPage> pages, byte[] stored) => Parallel.For(
        0,
        (pages.Count + PiecePages - 1) / PiecePages,
        piece =>
        {
            for (int i = piece * PiecePages; i < Math.Min(pages.Count, (piece + 1) * PiecePages); i++)
            {
                KeptPage page = pages[i];
                ReadOnlySpan<byte> bytes = stored.AsSpan(i * Limits.PageBytes, (int)page.Descriptor.LengthBytes);
                if (_decoders.Value!.Decode(page.Descriptor.Flags, bytes, _pages.Value) is string wrong)
                {
                    Tell(in page, wrong);
                }
            }
        });

    private void Tell(in KeptPage page, string what)
    {
        Interlocked.Increment(ref _bad);
        FileProblem problem = new($"page {page.Pfn} {what}", (long)page.Descriptor.OffsetBytes);
        Interlocked.CompareExchange(ref _first, problem, null);
    }
}
