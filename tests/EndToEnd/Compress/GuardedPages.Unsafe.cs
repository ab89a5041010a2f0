using System;
using System.Runtime.InteropServices;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Compress;

/// <summary>
/// Bytes in pages of their own between two runs of pages that cannot be touched: whoever does is killed by SIGSEGV.
/// </summary>
public sealed unsafe class GuardedPages : IDisposable
{
    private const int PageBytes = 4096;
    // More than any offset that one token can hold leads beyond it.
    private const int GuardBytes = 1 << 20;
    private const int Nothing = 0;
    private const int Readable = 1;
    private const int Writable = 2;
    // MAP_PRIVATE, MAP_ANONYMOUS and MAP_NORESERVE.
    private const int Flags = 0x4022;

    private readonly nint _map;
    private readonly nuint _mapBytes;
    private readonly int _allBytes;
    private readonly int _start;
    private readonly int _lengthBytes;

    /// <summary>So many bytes, at the end or at the start of their pages.</summary>
    public GuardedPages(int lengthBytes, bool isAtEnd)
    {
        _lengthBytes = lengthBytes;
        _allBytes = (lengthBytes + PageBytes - 1) & ~(PageBytes - 1);
        _start = isAtEnd ? _allBytes - lengthBytes : 0;
        _mapBytes = (nuint)(_allBytes + (2 * GuardBytes));
        _map = Map(0, _mapBytes, Nothing, Flags, -1, 0);
        Assert.NotEqual(-1, _map);
        Assert.Equal(0, Protect(_map + GuardBytes, (nuint)_allBytes, Readable | Writable));
    }

    /// <summary>All of their pages.</summary>
    public Span<byte> All => new((void*)(_map + GuardBytes), _allBytes);

    /// <summary>The bytes.</summary>
    public Span<byte> Bytes => All.Slice(_start, _lengthBytes);

    /// <summary>What is before them in the first page.</summary>
    public ReadOnlySpan<byte> Before => All[.._start];

    /// <summary>What is behind them in the last page.</summary>
    public ReadOnlySpan<byte> Behind => All[(_start + _lengthBytes)..];

    /// <summary>Nobody writes to them any more.</summary>
    public void MakeReadOnly() => Assert.Equal(0, Protect(_map + GuardBytes, (nuint)_allBytes, Readable));

    /// <inheritdoc/>
    public void Dispose() => _ = Unmap(_map, _mapBytes);

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    private static extern int Protect(nint address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(nint address, nuint length);
}
