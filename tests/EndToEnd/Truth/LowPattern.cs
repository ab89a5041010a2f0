using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Truth;

/// <summary>
/// The low 640 KiB of a guest as they are before its crash: a pattern of seeded pages wherever Linux keeps nothing (it
/// has reserved the first MiB since 5.14), and what lies there otherwise.
/// </summary>
public sealed class LowPattern
{
    private const ulong Seed = 0x640;
    private const int FewestPages = 64;
    private readonly byte[] _before;
    private readonly List<int> _planted = [];

    /// <summary>Plants the pattern in memory that stands still.</summary>
    public LowPattern(SharedMemory memory)
    {
        _before = memory.Read(0, (int)PageComparison.LowEnd);
        for (int page = 0; page < _before.Length / SharedMemory.PageBytes; page++)
        {
            Span<byte> content = PageOf(_before, page);
            if (!content.ContainsAnyExcept((byte)0))
            {
                SeededPages.Fill(content, Seed, (ulong)page);
                memory.Write((ulong)page * SharedMemory.PageBytes, content);
                _planted.Add(page);
            }
        }
    }

    /// <summary>The vmcore shows all of it: each page of the low memory that a segment tells of. Returns their number.</summary>
    public int MustBeIn(string vmcorePath)
    {
        HashSet<int> seen = [];
        using FileStream file = new(vmcorePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach (ProgramHeader segment in VmcoreHeader.Read(file).Loads)
        {
            ulong end = Math.Min(segment.PhysicalAddress + segment.FileBytes, PageComparison.LowEnd);
            for (ulong at = segment.PhysicalAddress; at < end; at += SharedMemory.PageBytes)
            {
                int page = (int)(at / SharedMemory.PageBytes);
                int count = (int)Math.Min(SharedMemory.PageBytes, end - at);
                byte[] dumped = new byte[count];
                file.Position = (long)(segment.OffsetBytes + (at - segment.PhysicalAddress));
                file.ReadExactly(dumped);
                Assert.True(
                    PageOf(_before, page)[..count].SequenceEqual(dumped),
                    $"low page 0x{at:x} {(_planted.Contains(page) ? "with the pattern" : "of the guest")} differs");
                seen.Add(page);
            }
        }
        int found = _planted.Count(seen.Contains);
        Assert.True(found >= FewestPages, $"{found} of {_planted.Count} planted pages are in the dump's segments");
        return seen.Count;
    }

    private static Span<byte> PageOf(byte[] memory, int page) =>
        memory.AsSpan(page * SharedMemory.PageBytes, SharedMemory.PageBytes);
}
