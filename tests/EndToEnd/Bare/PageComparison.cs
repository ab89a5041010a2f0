using System;
using System.Collections.Generic;
using System.IO;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>Compares the segments of a vmcore with the memory that they tell of, page by page.</summary>
public sealed class PageComparison
{
    /// <summary>End of the low memory that loaders, firmware and purgatory may touch after the crash.</summary>
    public const ulong LowEnd = 640 * 1024;

    private const int StepBytes = 1 << 20;
    private const int DifferencesShown = 20;
    private readonly List<string> _differences = [];
    private readonly Func<ulong, bool> _isThere;

    private PageComparison(Func<ulong, bool> isThere)
    {
        _isThere = isThere;
    }

    /// <summary>Pages compared, those that two segments tell of twice.</summary>
    public long Pages { get; private set; }

    /// <summary>Pages that differ.</summary>
    public long Different { get; private set; }

    /// <summary>
    /// Compares every PT_LOAD, from the address <paramref name="from"/> on, with what lies at its p_paddr;
    /// <paramref name="isThere"/> tells which positions in the file count, all of them by default.
    /// </summary>
    public static PageComparison Run(
        string vmcorePath, SharedMemory memory, ulong from = 0, Func<ulong, bool>? isThere = null)
    {
        PageComparison comparison = new(isThere ?? (_ => true));
        using FileStream vmcore = new(vmcorePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach (ProgramHeader segment in VmcoreHeader.Read(vmcore).Loads)
        {
            comparison.Compare(vmcore, memory, segment, from);
        }
        return comparison;
    }

    /// <summary>Nothing differs.</summary>
    public void MustBeEqual() => Assert.True(
        Different == 0,
        $"{Different} of {Pages} pages differ from memory:\n{string.Join('\n', _differences)}");

    private void Compare(FileStream vmcore, SharedMemory memory, in ProgramHeader segment, ulong from)
    {
        byte[] dumped = new byte[StepBytes];
        for (ulong done = 0; done < segment.FileBytes;)
        {
            ulong address = segment.PhysicalAddress + done;
            // Steps end at their own boundaries, so that every step but the first begins at a page.
            int count = (int)Math.Min(StepBytes - (address % StepBytes), segment.FileBytes - done);
            vmcore.Position = (long)(segment.OffsetBytes + done);
            Span<byte> here = dumped.AsSpan(0, count);
            vmcore.ReadExactly(here);
            Compare(here, memory.Read(address, count), address, from, segment.OffsetBytes + done);
            done += (ulong)count;
        }
    }

    private void Compare(
        ReadOnlySpan<byte> dumped, ReadOnlySpan<byte> memory, ulong address, ulong from, ulong position)
    {
        while (!dumped.IsEmpty)
        {
            int count = (int)Math.Min(SharedMemory.PageBytes - (address % SharedMemory.PageBytes), (ulong)dumped.Length);
            if (address >= from && _isThere(position))
            {
                Pages++;
                int same = dumped[..count].CommonPrefixLength(memory[..count]);
                if (same < count)
                {
                    Tell(address, same, dumped, memory);
                }
            }
            dumped = dumped[count..];
            memory = memory[count..];
            address += (ulong)count;
            position += (ulong)count;
        }
    }

    private void Tell(ulong address, int at, ReadOnlySpan<byte> dumped, ReadOnlySpan<byte> memory)
    {
        if (++Different <= DifferencesShown)
        {
            string has = Convert.ToHexStringLower(dumped[at..Math.Min(at + 8, dumped.Length)]);
            string lies = Convert.ToHexStringLower(memory[at..Math.Min(at + 8, memory.Length)]);
            _differences.Add($"page 0x{address:x}, byte {at}: dump {has}, memory {lies}");
        }
    }
}
