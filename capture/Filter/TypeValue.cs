using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// A value of <c>page._mapcount</c> that stands for a type of page (Linux: PAGE_BUDDY_MAPCOUNT_VALUE and others in
/// kernel/vmcore_info.c), or none.
/// </summary>
public readonly struct TypeValue(uint value)
{
    private readonly uint _value = value;

    /// <summary>VMCOREINFO tells of it.</summary>
    public bool IsKnown { get; } = true;

    /// <summary>Looks it up; VMCOREINFO has it as a signed number.</summary>
    public static TypeValue Find(scoped in VmcoreInfo info, ReadOnlySpan<byte> name) =>
        info.TryGetConstant(name, out ulong value) == Status.Ok ? new TypeValue((uint)value) : default;

    /// <summary>Whether a page is of this type.</summary>
    public bool Is(uint mapCount) => IsKnown && mapCount == _value;
}
