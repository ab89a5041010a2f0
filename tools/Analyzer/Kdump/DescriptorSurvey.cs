using System;
using System.Collections.Generic;
using CosmosKdump.Analyzer.Files;

namespace CosmosKdump.Analyzer.Kdump;

/// <summary>What all page descriptors of a dump say, and whether their pages lie apart.</summary>
public sealed class DescriptorSurvey
{
    // As many places are sorted at a time; more need more passes over the descriptors, and no more memory.
    private const int PlacesAtOnce = 1 << 25;
    private const int LengthBits = 13;

    private readonly Dictionary<KdumpFlags, ulong> _compressed = [];

    /// <summary>Pages by their compressor.</summary>
    public IReadOnlyDictionary<KdumpFlags, ulong> Compressed => _compressed;

    /// <summary>Pages that were not written any more.</summary>
    public ulong Missing { get; private set; }

    /// <summary>Pages whose bytes lie past the end of the dump.</summary>
    public ulong PastEnd { get; private set; }

    /// <summary>Pages whose descriptor cannot be true.</summary>
    public ulong Bad { get; private set; }

    /// <summary>The first problem of a descriptor, or null.</summary>
    public FileProblem? First { get; private set; }

    /// <summary>Bytes of all pages, those of shared ones counted once.</summary>
    public ulong StoredBytes { get; private set; }

    /// <summary>Pages that share their bytes with an earlier one, as zero pages do.</summary>
    public ulong Shared { get; private set; }

    /// <summary>Two pages that overlap without being the same, or null.</summary>
    public FileProblem? Overlap { get; private set; }

    /// <summary>Pages that can be read.</summary>
    public ulong Readable { get; private set; }

    /// <summary>Reads all descriptors.</summary>
    public static DescriptorSurvey Of(KdumpVmcore vmcore)
    {
        DescriptorSurvey survey = new();
        ulong passes = 1 + (vmcore.KeptPages / PlacesAtOnce);
        ulong dataBytes = vmcore.LengthBytes - Math.Min(vmcore.DataOffset, vmcore.LengthBytes);
        ulong window = (dataBytes / passes) + 1;
        List<ulong> places = [];
        for (ulong pass = 0; pass < passes; pass++)
        {
            places.Clear();
            ulong start = vmcore.DataOffset + (pass * window);
            foreach (KeptPage page in vmcore.Pages())
            {
                bool isGood = pass == 0
                    ? survey.Count(vmcore, in page)
                    : PageDecoder.Check(page.Descriptor, vmcore.DataOffset, vmcore.LengthBytes) is null;
                if (isGood && page.Descriptor.OffsetBytes - start < window)
                {
                    places.Add((page.Descriptor.OffsetBytes << LengthBits) | page.Descriptor.LengthBytes);
                }
            }
            survey.Compare(places);
        }
        return survey;
    }

    private bool Count(KdumpVmcore vmcore, in KeptPage page)
    {
        if (page.Descriptor.IsMissing)
        {
            Missing++;
            return false;
        }
        if (PageDecoder.Check(page.Descriptor, vmcore.DataOffset, vmcore.LengthBytes) is string wrong)
        {
            bool isPastEnd = page.Descriptor.OffsetBytes >= vmcore.DataOffset
                && PageDecoder.Check(page.Descriptor, 0, ulong.MaxValue) is null;
            PastEnd += isPastEnd ? 1UL : 0;
            Bad += isPastEnd ? 0 : 1UL;
            First ??= isPastEnd ? null : new FileProblem($"page {page.Pfn} {wrong}", (long)page.DescriptorOffset);
            return false;
        }
        KdumpFlags compressor = page.Descriptor.Flags & KdumpFlags.Compressors;
        _compressed[compressor] = _compressed.GetValueOrDefault(compressor) + 1;
        Readable++;
        return true;
    }

    private void Compare(List<ulong> places)
    {
        places.Sort();
        ulong end = 0;
        ulong last = 0;
        foreach (ulong place in places)
        {
            if (place == last)
            {
                Shared++;
                continue;
            }
            ulong offset = place >> LengthBits;
            ulong length = place & ((1UL << LengthBits) - 1);
            if (offset < end)
            {
                Overlap ??= new FileProblem("two pages overlap, which are not the same", (long)offset);
            }
            StoredBytes += length;
            end = Math.Max(end, offset + length);
            last = place;
        }
    }
}
