using System;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// The VMCOREINFO text, lines of KEY=value with which the crashed kernel describes itself (Linux:
/// Documentation/admin-guide/kdump/vmcoreinfo.rst). Lookups never trust it: a missing key or a bad value is
/// <see cref="Status.VmcoreInfoIncomplete"/>.
/// </summary>
public readonly ref struct VmcoreInfo(ReadOnlySpan<byte> text)
{
    /// <summary>The whole text; empty if there is no VMCOREINFO.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    /// <summary>Looks up the text of a key, such as <c>OSRELEASE</c>.</summary>
    public Status TryGetText(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value) =>
        Find(key, default, out value);

    /// <summary>
    /// Looks up a number by its whole key: <c>KERNELOFFSET</c> and <c>SYMBOL(x)</c> are hexadecimal, <c>SIZE(x)</c>,
    /// <c>OFFSET(x.y)</c>, <c>LENGTH(x)</c>, <c>NUMBER(x)</c>, <c>CRASHTIME</c> and all others decimal, negative ones
    /// as two's complement, or hexadecimal after <c>0x</c>.
    /// </summary>
    public Status TryGetNumber(ReadOnlySpan<byte> key, out ulong value)
    {
        value = 0;
        if (Find(key, default, out ReadOnlySpan<byte> text) != Status.Ok)
        {
            return Status.VmcoreInfoIncomplete;
        }
        bool isHex = key.StartsWith("SYMBOL("u8) || key.SequenceEqual("KERNELOFFSET"u8);
        return Read(text, isHex, out value);
    }

    /// <summary>Looks up <c>SYMBOL(name)</c>, a virtual address.</summary>
    public Status TryGetSymbol(ReadOnlySpan<byte> name, out ulong address) =>
        Look("SYMBOL("u8, name, true, out address);

    /// <summary>Looks up <c>SIZE(name)</c>, bytes.</summary>
    public Status TryGetSize(ReadOnlySpan<byte> name, out ulong bytes) => Look("SIZE("u8, name, false, out bytes);

    /// <summary>Looks up <c>OFFSET(name)</c>, bytes; the name is <c>structure.member</c>.</summary>
    public Status TryGetOffset(ReadOnlySpan<byte> name, out ulong bytes) =>
        Look("OFFSET("u8, name, false, out bytes);

    /// <summary>Looks up <c>LENGTH(name)</c>, elements of an array.</summary>
    public Status TryGetLength(ReadOnlySpan<byte> name, out ulong count) =>
        Look("LENGTH("u8, name, false, out count);

    /// <summary>Looks up <c>NUMBER(name)</c>; negative numbers as two's complement.</summary>
    public Status TryGetConstant(ReadOnlySpan<byte> name, out ulong value) =>
        Look("NUMBER("u8, name, false, out value);

    private Status Look(ReadOnlySpan<byte> form, ReadOnlySpan<byte> name, bool isHex, out ulong value)
    {
        value = 0;
        return Find(form, name, out ReadOnlySpan<byte> text) == Status.Ok
            ? Read(text, isHex, out value)
            : Status.VmcoreInfoIncomplete;
    }

    // A form ends with '(': then the key is form, name, ')'.
    private Status Find(ReadOnlySpan<byte> form, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        ReadOnlySpan<byte> rest = Text;
        while (rest.Length > 0)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            int equals = line.IndexOf((byte)'=');
            if (equals >= 0 && IsKey(line[..equals], form, name))
            {
                value = line[(equals + 1)..];
                return Status.Ok;
            }
        }
        return Status.VmcoreInfoIncomplete;
    }

    private static bool IsKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> form, ReadOnlySpan<byte> name)
    {
        if (name.Length == 0)
        {
            return key.SequenceEqual(form);
        }
        return key.Length == form.Length + name.Length + 1
            && key.StartsWith(form)
            && key.Slice(form.Length, name.Length).SequenceEqual(name)
            && key[key.Length - 1] == (byte)')';
    }

    private static Status Read(ReadOnlySpan<byte> text, bool isHex, out ulong value)
    {
        bool isNegative = text.Length > 1 && text[0] == (byte)'-';
        ReadOnlySpan<byte> digits = isNegative ? text[1..] : text;
        bool hasPrefix = digits.Length > 2 && digits[0] == (byte)'0' && digits[1] == (byte)'x';
        Status status = isHex || hasPrefix
            ? NumberText.ReadHex(digits, out value)
            : NumberText.ReadDecimal(digits, out value);
        value = isNegative ? 0 - value : value;
        return status == Status.Ok ? Status.Ok : Status.VmcoreInfoIncomplete;
    }
}
