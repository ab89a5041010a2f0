using System;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Inspect;

namespace CosmosKdump.Ckdump.Saved;

/// <summary>A dump in an area that was not saved yet, opened to be copied.</summary>
public sealed class UnsavedDump : IDisposable
{
    private UnsavedDump(AreaFile area, in AreaLabel label, bool hasHeader)
    {
        Area = area;
        Label = label;
        HasHeader = hasHeader;
    }

    /// <summary>The area.</summary>
    public AreaFile Area { get; }

    /// <summary>Its label.</summary>
    public AreaLabel Label { get; }

    /// <summary>The headers are those that the label describes.</summary>
    public bool HasHeader { get; }

    /// <summary>Nothing is missing.</summary>
    public bool IsWhole => HasHeader && Label.State == AreaState.Complete;

    /// <summary>
    /// Opens the dump of an area; a <see cref="ToolException"/> if there is none. <paramref name="keep"/>: the area
    /// stays as it is.
    /// </summary>
    public static UnsavedDump Open(string path, bool keep)
    {
        AreaFile area = AreaFile.Open(path, write: !keep);
        try
        {
            AreaLabel label = area.RequireLabel();
            return label.HoldsUnsavedDump
                ? new UnsavedDump(area, label, CheckHeader(path, label, keep))
                : throw new ToolException(path, "the dump area holds no dump to save");
        }
        catch
        {
            area.Dispose();
            throw;
        }
    }

    /// <summary>Marks the area as free.</summary>
    public void MarkSaved() => Area.WriteEmpty(Label.Emptied());

    /// <inheritdoc/>
    public void Dispose() => Area.Dispose();

    // If the headers are others, and no incomplete capture explains it, something else has written there: what is left is
    // copied only if the area stays as it is.
    private static bool CheckHeader(string path, in AreaLabel label, bool keep)
    {
        if (!FileBytes.TryOpen(path, out FileBytes? file, out FileProblem? problem))
        {
            throw VmcoreArgument.Failure(path, problem);
        }
        using (file)
        {
            bool isItself = DumpHeader.Matches(file, label);
            bool isExplained = label.State != AreaState.Complete && DumpHeader.LooksLikeOne(file);
            return isItself || keep || isExplained
                ? isItself
                : throw new ToolException(path, "something else was written over the dump that the label describes",
                    "nothing was changed; --keep saves what is left, prepare --force makes the area anew");
        }
    }
}
