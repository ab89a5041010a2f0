using System.Text;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Log;

/// <summary>Reads many sizes and offsets from VMCOREINFO and remembers the first that is missing or absurd.</summary>
internal sealed class LayoutReader(VmcoreInfoText info)
{
    /// <summary>The first key that is missing or absurd, or null.</summary>
    public string? Missing { get; private set; }

    /// <summary>SIZE(name), bytes; 0 if missing.</summary>
    public int Size(string name)
    {
        Status status = info.Fields.TryGetSize(Encoding.ASCII.GetBytes(name), out ulong value);
        return Keep(status, value, $"SIZE({name})");
    }

    /// <summary>OFFSET(name), bytes; 0 if missing.</summary>
    public int Offset(string name)
    {
        Status status = info.Fields.TryGetOffset(Encoding.ASCII.GetBytes(name), out ulong value);
        return Keep(status, value, $"OFFSET({name})");
    }

    /// <summary>OFFSET(name), or -1 if it is missing or absurd.</summary>
    public int OptionalOffset(string name)
    {
        Status status = info.Fields.TryGetOffset(Encoding.ASCII.GetBytes(name), out ulong value);
        return status == Status.Ok && value <= Limits.PageBytes ? (int)value : -1;
    }

    // Nothing that the log needs is larger than a page.
    private int Keep(Status status, ulong value, string key)
    {
        if (status == Status.Ok && value <= Limits.PageBytes)
        {
            return (int)value;
        }
        Missing ??= key;
        return 0;
    }
}
