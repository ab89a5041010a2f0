using System.Runtime.CompilerServices;

namespace System;

/// <summary>A bounded read-only window on memory, as in .NET.</summary>
public readonly ref struct ReadOnlySpan<T>
{
    internal readonly ref T _reference;
    private readonly int _length;

    // The caller vouches for the memory, as in .NET's own constructor.
    public unsafe ReadOnlySpan(void* pointer, int length)
    {
        if (length < 0)
        {
            ThrowHelper.IndexOutOfRange();
        }
        _reference = ref Unsafe.AsRef<T>(pointer);
        _length = length;
    }

    // The compiler wants these constructors to exist; this kernel has no arrays.
    public ReadOnlySpan(T[] array, int start, int length)
    {
        ThrowHelper.IndexOutOfRange();
        this = default;
    }

    public ReadOnlySpan(T[] array)
    {
        ThrowHelper.IndexOutOfRange();
        this = default;
    }

    public ReadOnlySpan(ref readonly T reference)
    {
        _reference = ref Unsafe.AsRef(in reference);
        _length = 1;
    }

    internal ReadOnlySpan(ref T reference, int length)
    {
        _reference = ref reference;
        _length = length;
    }

    public static ReadOnlySpan<T> Empty => default;

    public int Length
    {
        [Intrinsic]
        get => _length;
    }

    public bool IsEmpty => _length == 0;

    public ref readonly T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)_length)
            {
                ThrowHelper.IndexOutOfRange();
            }
            return ref Unsafe.Add(ref _reference, index);
        }
    }

    public ReadOnlySpan<T> Slice(int start)
    {
        if ((uint)start > (uint)_length)
        {
            ThrowHelper.IndexOutOfRange();
        }
        return new ReadOnlySpan<T>(ref Unsafe.Add(ref _reference, start), _length - start);
    }

    public ReadOnlySpan<T> Slice(int start, int length)
    {
        if ((ulong)(uint)start + (uint)length > (uint)_length)
        {
            ThrowHelper.IndexOutOfRange();
        }
        return new ReadOnlySpan<T>(ref Unsafe.Add(ref _reference, start), length);
    }

    // Both spans are bounds-checked; Memory.Move handles overlap.
    public void CopyTo(Span<T> destination)
    {
        if (_length > destination.Length)
        {
            ThrowHelper.IndexOutOfRange();
        }
        Memory.Move(
            ref Unsafe.As<T, byte>(ref destination._reference),
            ref Unsafe.As<T, byte>(ref _reference),
            (nuint)_length * (nuint)Unsafe.SizeOf<T>());
    }

    public bool TryCopyTo(Span<T> destination)
    {
        if (_length > destination.Length)
        {
            return false;
        }
        CopyTo(destination);
        return true;
    }

    public ref readonly T GetPinnableReference() => ref _reference;
}
