using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Messages;

/// <summary>Reads many sizes and offsets from VMCOREINFO and remembers the first that is missing or absurd.</summary>
public ref struct LayoutReader(VmcoreInfo info)
{
    private readonly VmcoreInfo _info = info;

    /// <summary>A key is missing or absurd.</summary>
    public bool IsMissing { readonly get; private set; }

    /// <summary>Form of the first such key: <c>SIZE</c> or <c>OFFSET</c>.</summary>
    public ReadOnlySpan<byte> MissingForm { readonly get; private set; }

    /// <summary>Name of the first such key, what is in its brackets.</summary>
    public ReadOnlySpan<byte> MissingName { readonly get; private set; }

    /// <summary>SIZE(name), bytes; 0 if missing.</summary>
    public int Size(ReadOnlySpan<byte> name)
    {
        Status status = _info.TryGetSize(name, out ulong value);
        return Keep(status, value, "SIZE"u8, name);
    }

    /// <summary>OFFSET(name), bytes; 0 if missing.</summary>
    public int Offset(ReadOnlySpan<byte> name)
    {
        Status status = _info.TryGetOffset(name, out ulong value);
        return Keep(status, value, "OFFSET"u8, name);
    }

    /// <summary>OFFSET(name), or -1 if it is missing or absurd.</summary>
    public readonly int OptionalOffset(ReadOnlySpan<byte> name)
    {
        Status status = _info.TryGetOffset(name, out ulong value);
        return status == Status.Ok && value <= Limits.PageBytes ? (int)value : -1;
    }

    /// <summary>Checks that a member that ends there lies in a structure of this size.</summary>
    public void Within(int end, int size, ReadOnlySpan<byte> structure)
    {
        if (end > size)
        {
            Miss("SIZE"u8, structure);
        }
    }

    // Nothing that the log needs is larger than a page.
    private int Keep(Status status, ulong value, ReadOnlySpan<byte> form, ReadOnlySpan<byte> name)
    {
        if (status == Status.Ok && value <= Limits.PageBytes)
        {
            return (int)value;
        }
        Miss(form, name);
        return 0;
    }

    private void Miss(ReadOnlySpan<byte> form, ReadOnlySpan<byte> name)
    {
        if (!IsMissing)
        {
            IsMissing = true;
            MissingForm = form;
            MissingName = name;
        }
    }
}
