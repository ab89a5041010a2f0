using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// Walks the chain of frame pointers of our own stacks: ilc's code keeps one in every method that calls another.
/// Bounded, and every read is probed, as the chain may be what is broken.
/// </summary>
internal ref struct Backtrace(ulong instruction, ulong framePointer)
{
    internal const int MaximumFrames = 24;

    private ulong _next = instruction;
    private ulong _framePointer = framePointer;

    /// <summary>The next code address, innermost first.</summary>
    internal bool TryNext(out ulong address)
    {
        address = _next;
        if (address == 0)
        {
            return false;
        }
        _next = 0;
        if (Image.IsStack(_framePointer) && (_framePointer & 7) == 0)
        {
            Span<byte> link = stackalloc byte[16];
            if (default(OldMemory).Read(_framePointer, link) == Status.Ok)
            {
                ulong caller = BinaryPrimitives.ReadUInt64LittleEndian(link);
                ulong returnAddress = BinaryPrimitives.ReadUInt64LittleEndian(link.Slice(8));
                if (Image.IsCode(returnAddress))
                {
                    _next = returnAddress;
                    _framePointer = caller > _framePointer ? caller : 0;
                }
            }
        }
        return true;
    }
}
