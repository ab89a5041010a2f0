using System.Collections.Generic;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>Bits, the most significant first.</summary>
public sealed class BitWriter
{
    private readonly List<byte> _bytes = [];
    private ulong _pending;
    private int _count;

    /// <summary>Appends the low bits of a number, at most 32.</summary>
    public void Write(int value, int bits)
    {
        _pending = (_pending << bits) | ((uint)value & ((1UL << bits) - 1));
        _count += bits;
        while (_count >= 8)
        {
            _count -= 8;
            _bytes.Add((byte)(_pending >> _count));
        }
    }

    /// <summary>All bytes, the last filled up with zeros.</summary>
    public byte[] ToArray()
    {
        if (_count != 0)
        {
            Write(0, 8 - _count);
        }
        return [.. _bytes];
    }
}
