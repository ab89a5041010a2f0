using System;
using System.Collections.Generic;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>Compares what the pages of a dump hold with the memory that it was made of, of any format.</summary>
/// <param name="Kept">Pages that the dump holds, all equal to memory.</param>
/// <param name="Excluded">Pages that it leaves out.</param>
/// <param name="Missing">Pages that it should hold.</param>
public sealed record MemoryComparison(int Kept, int Excluded, int Missing)
{
    private const int DifferencesShown = 20;

    /// <summary>Compares from an address on; a page that differs fails.</summary>
    public static MemoryComparison Run(string dump, SharedMemory memory, ulong from = PageComparison.LowEnd)
    {
        using VmcoreFile opened = OpenDump.Of<VmcoreFile>(dump);
        int kept = 0;
        int excluded = 0;
        int missing = 0;
        List<string> differences = [];
        byte[] page = new byte[SharedMemory.PageBytes];
        for (ulong at = from; at < (ulong)memory.LengthBytes; at += SharedMemory.PageBytes)
        {
            PageState state = opened.StateOf(at / SharedMemory.PageBytes);
            kept += state == PageState.Kept ? 1 : 0;
            missing += state == PageState.Missing ? 1 : 0;
            excluded += state == PageState.Excluded ? 1 : 0;
            if (state == PageState.Kept)
            {
                byte[] lies = memory.Read(at, page.Length);
                Status status = opened.ReadPhysical(at, page);
                int same = lies.AsSpan().CommonPrefixLength(page);
                if (status != Status.Ok || same < page.Length)
                {
                    differences.Add(status != Status.Ok ? $"page 0x{at:x}: {status}" : $"page 0x{at:x} from byte {same} on");
                }
            }
        }
        Assert.True(
            differences.Count == 0,
            $"{differences.Count} of {kept} pages differ from memory:\n"
            + string.Join('\n', differences.GetRange(0, Math.Min(differences.Count, DifferencesShown))));
        return new(kept, excluded, missing);
    }
}
