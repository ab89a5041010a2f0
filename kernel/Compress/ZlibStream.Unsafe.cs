using System.Runtime.InteropServices;

namespace CosmosKdump.Kernel.Compress;

/// <summary>zlib's z_stream (zlib.h 1.2.13) on x86-64: 112 bytes, which deflateInit2_ compares.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZlibStream
{
    internal byte* NextInput;
    internal uint AvailableInput;
    internal ulong TotalInput;
    internal byte* NextOutput;
    internal uint AvailableOutput;
    internal ulong TotalOutput;
    internal byte* Message;
    internal void* State;
    internal nint Allocate;
    internal nint Free;
    internal ulong* Arena;
    internal int DataType;
    internal ulong Checksum;
    internal ulong Reserved;
}
