using System;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// Passes pages through the compressor's slots in a ring, so that what comes out is in the order of what went in,
/// whoever compressed it.
/// </summary>
public ref struct PageBatcher
{
    private readonly Span<BatchPage> _pages;
    private readonly int _slots;
    private int _filling;
    private int _filled;
    private int _oldest;
    private int _started;

    /// <summary>A ring of slots, for each of which the buffer holds <see cref="PageBatch.MaxPages"/>.</summary>
    public PageBatcher(Span<BatchPage> pages, int slots)
    {
        _pages = pages;
        _slots = Math.Min(slots, pages.Length / PageBatch.MaxPages);
    }

    /// <summary>All slots are busy: the oldest one must be taken before the next page is added.</summary>
    public readonly bool IsFull => _started == _slots;

    /// <summary>Some slot is busy.</summary>
    public readonly bool HasStarted => _started > 0;

    /// <summary>Adds a page, when not <see cref="IsFull"/>; a batch that is full is started.</summary>
    public void Add<TCompressor>(ref TCompressor compressor, ref CompressionPace pace, in BatchPage page)
        where TCompressor : struct, IPageCompressor
    {
        _pages[(_filling * PageBatch.MaxPages) + _filled++] = page;
        if (_filled == PageBatch.MaxPages)
        {
            Start(ref compressor, ref pace);
        }
    }

    /// <summary>Starts a batch that is not full.</summary>
    public void Start<TCompressor>(ref TCompressor compressor, ref CompressionPace pace)
        where TCompressor : struct, IPageCompressor
    {
        if (_filled == 0)
        {
            return;
        }
        Span<ulong> addresses = stackalloc ulong[PageBatch.MaxPages];
        ReadOnlySpan<BatchPage> pages = _pages.Slice(_filling * PageBatch.MaxPages, _filled);
        for (int i = 0; i < pages.Length; i++)
        {
            addresses[i] = pages[i].Address;
        }
        compressor.Start(_filling, addresses[..pages.Length], pace.Next());
        _filling = (_filling + 1) % _slots;
        _filled = 0;
        _started++;
    }

    /// <summary>Waits for the oldest batch, when <see cref="HasStarted"/>.</summary>
    public CompressedBatch Take<TCompressor>(ref TCompressor compressor, out ReadOnlySpan<BatchPage> pages)
        where TCompressor : struct, IPageCompressor
    {
        CompressedBatch batch = compressor.Finish(_oldest);
        pages = _pages.Slice(_oldest * PageBatch.MaxPages, batch.Pages.Length);
        _oldest = (_oldest + 1) % _slots;
        _started--;
        return batch;
    }
}
