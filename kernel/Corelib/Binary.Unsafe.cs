using System.Runtime.CompilerServices;

namespace System.Buffers.Binary
{
    /// <summary>Little-endian access; x86 is little-endian, so these are plain loads and stores after a bounds check.</summary>
    public static class BinaryPrimitives
    {
        public static ushort ReadUInt16LittleEndian(ReadOnlySpan<byte> source) => Read<ushort>(source);

        public static uint ReadUInt32LittleEndian(ReadOnlySpan<byte> source) => Read<uint>(source);

        public static ulong ReadUInt64LittleEndian(ReadOnlySpan<byte> source) => Read<ulong>(source);

        public static int ReadInt32LittleEndian(ReadOnlySpan<byte> source) => Read<int>(source);

        public static long ReadInt64LittleEndian(ReadOnlySpan<byte> source) => Read<long>(source);

        public static uint ReadUInt32BigEndian(ReadOnlySpan<byte> source) => ReverseEndianness(Read<uint>(source));

        public static ushort ReadUInt16BigEndian(ReadOnlySpan<byte> source) => ReverseEndianness(Read<ushort>(source));

        public static void WriteUInt16LittleEndian(Span<byte> destination, ushort value) => Write(destination, value);

        public static void WriteUInt32LittleEndian(Span<byte> destination, uint value) => Write(destination, value);

        public static void WriteUInt64LittleEndian(Span<byte> destination, ulong value) => Write(destination, value);

        public static void WriteInt32LittleEndian(Span<byte> destination, int value) => Write(destination, value);

        public static void WriteInt64LittleEndian(Span<byte> destination, long value) => Write(destination, value);

        public static void WriteUInt32BigEndian(Span<byte> destination, uint value) =>
            Write(destination, ReverseEndianness(value));

        public static void WriteUInt16BigEndian(Span<byte> destination, ushort value) =>
            Write(destination, ReverseEndianness(value));

        public static ulong ReadUInt64BigEndian(ReadOnlySpan<byte> source) => ReverseEndianness(Read<ulong>(source));

        public static void WriteUInt64BigEndian(Span<byte> destination, ulong value) =>
            Write(destination, ReverseEndianness(value));

        public static ulong ReverseEndianness(ulong value) =>
            ((ulong)ReverseEndianness((uint)value) << 32) | ReverseEndianness((uint)(value >> 32));

        public static ushort ReverseEndianness(ushort value) => (ushort)((value >> 8) | (value << 8));

        public static uint ReverseEndianness(uint value) =>
            (value >> 24) | ((value >> 8) & 0xFF00) | ((value << 8) & 0xFF0000) | (value << 24);

        private static T Read<T>(ReadOnlySpan<byte> source)
        {
            if (source.Length < Unsafe.SizeOf<T>())
            {
                ThrowHelper.IndexOutOfRange();
            }
            return Unsafe.ReadUnaligned<T>(ref source._reference);
        }

        private static void Write<T>(Span<byte> destination, T value)
        {
            if (destination.Length < Unsafe.SizeOf<T>())
            {
                ThrowHelper.IndexOutOfRange();
            }
            Unsafe.WriteUnaligned(ref destination._reference, value);
        }
    }
}

namespace System.Runtime.InteropServices
{
    /// <summary>Reinterpretation of spans, as in .NET.</summary>
    public static class MemoryMarshal
    {
        public static Span<byte> AsBytes<T>(Span<T> span)
            where T : struct =>
            new(ref Unsafe.As<T, byte>(ref span._reference), span.Length * Unsafe.SizeOf<T>());

        public static ReadOnlySpan<byte> AsBytes<T>(ReadOnlySpan<T> span)
            where T : struct =>
            new(ref Unsafe.As<T, byte>(ref span._reference), span.Length * Unsafe.SizeOf<T>());

        public static Span<TTo> Cast<TFrom, TTo>(Span<TFrom> span)
            where TFrom : struct
            where TTo : struct =>
            new(
                ref Unsafe.As<TFrom, TTo>(ref span._reference),
                (int)((ulong)(uint)span.Length * (uint)Unsafe.SizeOf<TFrom>() / (uint)Unsafe.SizeOf<TTo>()));

        public static ReadOnlySpan<TTo> Cast<TFrom, TTo>(ReadOnlySpan<TFrom> span)
            where TFrom : struct
            where TTo : struct =>
            new(
                ref Unsafe.As<TFrom, TTo>(ref span._reference),
                (int)((ulong)(uint)span.Length * (uint)Unsafe.SizeOf<TFrom>() / (uint)Unsafe.SizeOf<TTo>()));

        public static T Read<T>(ReadOnlySpan<byte> source)
            where T : struct
        {
            if (source.Length < Unsafe.SizeOf<T>())
            {
                ThrowHelper.IndexOutOfRange();
            }
            return Unsafe.ReadUnaligned<T>(ref source._reference);
        }

        public static void Write<T>(Span<byte> destination, in T value)
            where T : struct
        {
            if (destination.Length < Unsafe.SizeOf<T>())
            {
                ThrowHelper.IndexOutOfRange();
            }
            Unsafe.WriteUnaligned(ref destination._reference, value);
        }

        public static ref T AsRef<T>(Span<byte> span)
            where T : struct
        {
            if (span.Length < Unsafe.SizeOf<T>())
            {
                ThrowHelper.IndexOutOfRange();
            }
            return ref Unsafe.As<byte, T>(ref span._reference);
        }

        public static Span<T> CreateSpan<T>(scoped ref T reference, int length) =>
            new(ref Unsafe.AsRef(in reference), length);

        public static ReadOnlySpan<T> CreateReadOnlySpan<T>(scoped ref readonly T reference, int length) =>
            new(ref Unsafe.AsRef(in reference), length);

        public static ref T GetReference<T>(Span<T> span) => ref span._reference;

        public static ref T GetReference<T>(ReadOnlySpan<T> span) => ref span._reference;
    }
}
