using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;

namespace CosmosKdump.Analyzer.Files;

/// <summary>What the last 4096 bytes say: whether the file is a dump area, and its label (docs/dump-area.md).</summary>
public sealed class AreaTail
{
    private AreaTail(Status status, in AreaLabel label)
    {
        Status = status;
        Label = label;
    }

    /// <summary>
    /// <see cref="Status.Ok"/>, or what is wrong with the label; <see cref="Status.LabelWrongSize"/> comes with a label.
    /// </summary>
    public Status Status { get; }

    /// <summary>The label, if <see cref="HasLabel"/>.</summary>
    public AreaLabel Label { get; }

    /// <summary>The label could be read.</summary>
    public bool HasLabel => Status is Status.Ok or Status.LabelWrongSize;

    /// <summary>Offset of the label, bytes.</summary>
    public long OffsetBytes { get; private init; }

    /// <summary>The area's UUID as text.</summary>
    public string Uuid => AreaUuidText.Of(Label.Uuid);

    /// <summary>Reads the tail of a file; null if it is no dump area.</summary>
    public static AreaTail? Read(FileBytes file)
    {
        if (file.LengthBytes < (long)AreaLabel.MinimumAreaBytes)
        {
            return null;
        }
        byte[] page = new byte[AreaLabel.Bytes];
        long offset = file.LengthBytes - page.Length;
        if (file.Read((ulong)offset, page) != Status.Ok)
        {
            return null;
        }
        Status status = AreaLabel.Decode(page, (ulong)file.LengthBytes, out AreaLabel label);
        return status == Status.NoLabel ? null : new AreaTail(status, label) { OffsetBytes = offset };
    }
}
