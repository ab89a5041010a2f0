using System.Numerics;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>The requests in flight, each in a numbered slot whose number is the device's tag for it.</summary>
internal struct RequestSlots
{
    /// <summary>Most slots: one bit each in a word.</summary>
    public const int Most = BlockWrites64.Count;

    private ulong _free;
    private ulong _all;
    private BlockWrites64 _writes;

    /// <summary>Starts with <paramref name="count"/> free slots, 1 to <see cref="Most"/>.</summary>
    public void Reset(int count)
    {
        _all = count >= Most ? ulong.MaxValue : (1UL << count) - 1;
        _free = _all;
    }

    /// <summary>No slot is free.</summary>
    public readonly bool IsFull => _free == 0;

    /// <summary>No slot is taken.</summary>
    public readonly bool IsEmpty => _free == _all;

    /// <summary>Slots taken.</summary>
    public readonly int InFlight => BitOperations.PopCount(_all & ~_free);

    /// <summary>Takes a free slot; there must be one.</summary>
    public int Take(in BlockWrite write)
    {
        int slot = BitOperations.TrailingZeroCount(_free);
        _free &= _free - 1;
        _writes[slot] = write;
        return slot;
    }

    /// <summary>Whether a number that a device named is a slot in flight.</summary>
    public readonly bool IsInFlight(uint slot) => slot < Most && ((_all & ~_free) >> (int)slot & 1) != 0;

    /// <summary>Gives a slot in flight back and tells what it held.</summary>
    public BlockWrite Release(int slot)
    {
        _free |= 1UL << slot;
        return _writes[slot];
    }

    /// <summary>The lowest slot in flight, -1 when there is none.</summary>
    public readonly int FirstInFlight() => IsEmpty ? -1 : BitOperations.TrailingZeroCount(_all & ~_free);
}
