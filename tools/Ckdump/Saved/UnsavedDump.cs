using System;
using System.Runtime.InteropServices;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Inspect;

namespace CosmosKdump.Ckdump.Saved;

/// <summary>
/// A dump in an area that was not saved yet, opened to be copied. No other process saves it meanwhile: its area has a lock.
/// </summary>
public sealed class UnsavedDump : IDisposable
{
    private const int ExitBySignal = 128;

    private readonly bool _looksLikeOne;

    private UnsavedDump(AreaFile area, in AreaLabel label, bool hasHeader, bool looksLikeOne)
    {
        Area = area;
        Label = label;
        HasHeader = hasHeader;
        _looksLikeOne = looksLikeOne;
    }

    /// <summary>The area.</summary>
    public AreaFile Area { get; }

    /// <summary>Its label.</summary>
    public AreaLabel Label { get; }

    /// <summary>The headers are those that the label describes.</summary>
    public bool HasHeader { get; }

    /// <summary>Nothing is missing.</summary>
    public bool IsWhole => HasHeader && Label.State == AreaState.Complete;

    /// <summary>The area begins as one whose dump was saved, and that was being emptied when that was interrupted.</summary>
    public bool MayBeSaved => HasHeader || _looksLikeOne || HasStamp();

    /// <summary>
    /// Opens the dump of an area; a <see cref="ToolException"/> if there is none, or if another process saves it.
    /// <paramref name="keep"/>: the area stays as it is.
    /// </summary>
    public static UnsavedDump Open(string path, bool keep)
    {
        AreaFile area = keep ? AreaFile.Open(path, write: false) : AreaFile.OpenLocked(path);
        try
        {
            AreaLock.Take(area);
            AreaLabel label = area.RequireLabel();
            if (!label.HoldsUnsavedDump)
            {
                throw new ToolException(path, "the dump area holds no dump to save");
            }
            if (!FileBytes.TryOpen(path, out FileBytes? file, out FileProblem? problem))
            {
                throw VmcoreArgument.Failure(path, problem);
            }
            using (file)
            {
                return new UnsavedDump(area, label, DumpHeader.Matches(file, label), DumpHeader.LooksLikeOne(file));
            }
        }
        catch
        {
            area.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Throws if the headers are others, and no incomplete capture explains it: something else has written there, and what
    /// is left is copied only if the area stays as it is.
    /// </summary>
    public void RequireItself()
    {
        bool isExplained = Label.State != AreaState.Complete && _looksLikeOne;
        if (!HasHeader && !isExplained)
        {
            throw new ToolException(Area.Path, "something else was written over the dump that the label describes",
                "nothing was changed; --keep saves what is left, prepare --force makes the area anew");
        }
    }

    /// <summary>
    /// Marks the area as free. The lock of a file is taken away for this moment only, and signals wait for its end.
    /// </summary>
    public void MarkSaved()
    {
        int signal = 0;
        void Wait(PosixSignalContext context)
        {
            context.Cancel = true;
            signal = context.Signal == PosixSignal.SIGINT ? 2 : 15;
        }
        using (PosixSignalRegistration.Create(PosixSignal.SIGINT, Wait))
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, Wait))
        {
            Area.WhileWritable(writable => writable.WriteEmpty(Label.Emptied()));
        }
        if (signal != 0)
        {
            Environment.Exit(ExitBySignal + signal);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Area.Dispose();

    private bool HasStamp()
    {
        byte[] page = new byte[AreaStamp.Bytes];
        return Label.IsFile && Area.Read(page, 0) == page.Length && page.AsSpan().StartsWith(AreaStamp.Magic)
            && AreaUuid.Same(AreaUuid.Read(page.AsSpan(AreaStamp.Magic.Length)), Label.Uuid);
    }
}
