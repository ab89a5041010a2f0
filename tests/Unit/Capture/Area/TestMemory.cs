using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Area;

/// <summary>Physical memory of a test machine: one pinned array at a physical address other than 0.</summary>
internal sealed class TestMemory
{
    public const ulong BaseAddress = 0x1_0000_0000;

    private readonly byte[] _bytes;

    public TestMemory(int pages)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(pages * Limits.PageBytes, pinned: true);
        _bytes.AsSpan().Clear();
    }

    public Span<byte> At(ulong address, int lengthBytes) => _bytes.AsSpan((int)(address - BaseAddress), lengthBytes);

    public DmaBuffer Buffer(int page, int pages) => new(
        _bytes.AsSpan(page * Limits.PageBytes, pages * Limits.PageBytes), AddressOf(page));

    public static ulong AddressOf(int page) => BaseAddress + ((ulong)page * Limits.PageBytes);

    public void FillRandom(int seed, int page, int pages) =>
        new Random(seed).NextBytes(_bytes.AsSpan(page * Limits.PageBytes, pages * Limits.PageBytes));
}
