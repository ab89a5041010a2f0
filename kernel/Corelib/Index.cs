namespace System;

/// <summary>The compiler wants this type for <c>span[a..b]</c>; it lowers such expressions to Slice.</summary>
public readonly struct Index
{
    private readonly int _value;

    public Index(int value, bool fromEnd = false) => _value = fromEnd ? ~value : value;

    public int GetOffset(int length) => _value < 0 ? length + _value + 1 : _value;

    public static implicit operator Index(int value) => new(value);
}

/// <summary>The compiler wants this type for <c>span[a..b]</c>.</summary>
public readonly struct Range(Index start, Index end)
{
    public Index Start { get; } = start;

    public Index End { get; } = end;
}
