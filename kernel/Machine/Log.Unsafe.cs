using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// The console: lines go to every attached output, and stay in a ring that is replayed to an output attached later.
/// </summary>
internal static unsafe class Log
{
    private const int RingBytes = 4096;
    private const int MaximumOutputs = 6;

    private static Ring _ring;
    private static ulong _written;
    private static Outputs _outputs;
    private static int _count;

    /// <summary>Adds an output and gives it what was said so far. An output beyond the maximum is ignored.</summary>
    internal static void Attach(delegate*<ReadOnlySpan<byte>, void> output)
    {
        if (_count == MaximumOutputs)
        {
            return;
        }
        ulong first = _written > RingBytes ? _written - RingBytes : 0;
        for (ulong i = first; i < _written; i++)
        {
            // One byte at a time: the ring may wrap, and this happens once.
            byte b = _ring[(int)(i % RingBytes)];
            output(new ReadOnlySpan<byte>(&b, 1));
        }
        _outputs[_count++] = (nint)output;
    }

    /// <summary>Without any output, says it at least on the first serial port, whatever its state.</summary>
    internal static void AttachLastResort()
    {
        if (_count == 0)
        {
            // A plain function of this class.
            Attach(&WriteLastResort);
        }
    }

    private static void WriteLastResort(ReadOnlySpan<byte> text)
    {
        const ushort Data = 0x3F8;
        const ushort LineStatus = Data + 5;
        for (int i = 0; i < text.Length; i++)
        {
            for (int wait = 0; wait < 10_000 && (PortIo.In8(LineStatus) & 0x20) == 0; wait++)
            {
                Cpu.Pause();
            }
            PortIo.Out8(Data, text[i]);
        }
    }

    /// <summary>Writes text to every output; lines begin with "ckdump: " and end with a newline.</summary>
    internal static void Write(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            _ring[(int)(_written++ % RingBytes)] = text[i];
        }
        for (int i = 0; i < _count; i++)
        {
            // Only Attach stores here, and it stores function pointers of this type.
            ((delegate*<ReadOnlySpan<byte>, void>)_outputs[i])(text);
        }
    }

    [InlineArray(RingBytes)]
    private struct Ring
    {
        private byte _first;
    }

    [InlineArray(MaximumOutputs)]
    private struct Outputs
    {
        private nint _first;
    }
}
