using System;

namespace CosmosKdump.Capture;

/// <summary>
/// A <see cref="DmaBuffer"/> that a struct can keep. The memory must never move and must outlive the holder: static
/// memory in the kernel, a pinned array on the host.
/// </summary>
public readonly unsafe struct HeldBuffer
{
    private readonly byte* _first;
    private readonly int _lengthBytes;

    /// <summary>Keeps a buffer; an empty one is kept as empty.</summary>
    public HeldBuffer(DmaBuffer buffer)
    {
        Address = buffer.Address;
        _lengthBytes = buffer.Bytes.Length;
        if (_lengthBytes > 0)
        {
            // The caller promises that the memory does not move, so the pointer stays right after the pin.
            fixed (byte* first = &buffer.Bytes[0])
            {
                _first = first;
            }
        }
    }

    /// <summary>Physical address of the first byte.</summary>
    public ulong Address { get; }

    /// <summary>The buffer.</summary>
    // Same memory and length as the span that the constructor took.
    public Span<byte> Bytes => new(_first, _lengthBytes);
}
