using System;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>What an ELF vmcore holds: all pages, or those that a filter keeps, and where they lie in it.</summary>
public ref struct ElfContent
{
    /// <summary>Tells which pages are kept, if <see cref="IsFiltered"/>.</summary>
    public PageFilter Filter;

    /// <summary>Some pages are left out.</summary>
    public bool IsFiltered { get; private set; }

    /// <summary>The layout.</summary>
    public VmcoreLayout Layout { get; private set; }

    /// <summary>Excluded pages in a row that are left out; fewer are written as they are.</summary>
    public ulong ShortestHole { get; private set; }

    /// <summary>A page to work in.</summary>
    public Span<byte> Page { get; private set; }

    /// <summary>The level of the dump.</summary>
    public readonly DumpLevel Level => IsFiltered ? Filter.Level : default;

    /// <summary>The level that the dump tells.</summary>
    public DumpLevel ToldLevel { get; private set; }

    /// <summary>
    /// Chooses for a sink of a capacity: what was asked for, a higher level if that does not fit, or all pages if page
    /// structs are not understood. Tells what is left out.
    /// </summary>
    public static ElfContent Choose<TMemory, TClock, TConsole>(
        scoped ref TMemory memory,
        scoped ref TClock clock,
        scoped ref TConsole console,
        scoped in CapturePlan plan,
        scoped in KdumpBuffers buffers,
        ulong capacityBytes)
        where TMemory : struct, IPhysicalMemory
        where TClock : struct, IClock
        where TConsole : struct, IConsole
    {
        ElfContent content = default;
        content.Layout = plan.Layout;
        content.ToldLevel = plan.Kdump.Source;
        content.ShortestHole = PieceCursor.ShortestHole;
        content.Page = buffers.Table.Bytes[..Limits.PageBytes];
        DumpLevel wanted = plan.Kdump.Level;
        bool fits = plan.Layout.LengthBytes <= capacityBytes;
        bool isHeld = buffers.Filter.LeftOut.IsEmpty;
        if (isHeld && fits && wanted.Value == 0)
        {
            return content;
        }
        // Each segment has a program header at least: leaving out less does not help.
        if (plan.Layout.ProgramHeaderCount > Limits.ProgramHeaders)
        {
            FilterReport.TellWhole(ref console, Status.TooManyEntries);
            return content;
        }
        content.Filter = PageFilter.Open(
            ref memory, buffers.Filter, in plan.Ranges, in plan.Info, wanted, plan.Kdump.ExcludesIdlePageStructs);
        // A dump that does not fit is cut only if one was asked for that would have been smaller.
        if (isHeld && !content.Filter.HasPageStructs && (fits ? wanted.NeedsPageStructs : wanted.Value == 0))
        {
            FilterReport.TellWhole(ref console, content.Filter.WhyNot);
            return content;
        }
        content.IsFiltered = true;
        var census = new PageCensus(buffers.Filter.Counts);
        ulong start = clock.Microseconds;
        content.Filter.Count(ref memory, ref census);
        ulong counting = clock.Microseconds - start;
        content.Fit(ref memory, in plan, capacityBytes);
        content.ToldLevel = plan.Kdump.Told(content.Filter.EffectiveLevel);
        FilterReport.Tell(ref console, in content.Filter, in census, wanted, content.Level, counting);
        return content;
    }

    // Raises the level until the dump fits, and leaves shorter runs in while there are too many headers: they are few
    // when a run is longer than memory, for the segments themselves are.
    private void Fit<TMemory>(ref TMemory memory, in CapturePlan plan, ulong capacityBytes)
        where TMemory : struct, IPhysicalMemory
    {
        while (true)
        {
            Measure(ref memory, in plan);
            bool canRaise = Filter.HasPageStructs
                ? Level.Value != DumpLevel.Highest
                : (Level.Value & DumpLevel.Zero) == 0;
            if (Layout.ProgramHeaderCount > Limits.ProgramHeaders)
            {
                ShortestHole *= 2;
            }
            else if (Layout.LengthBytes > capacityBytes && canRaise)
            {
                Filter.Raise(Filter.HasPageStructs
                    ? Level.Raised()
                    : new DumpLevel((byte)(Level.Value | DumpLevel.Zero)));
            }
            else
            {
                return;
            }
        }
    }

    private void Measure<TMemory>(ref TMemory memory, in CapturePlan plan)
        where TMemory : struct, IPhysicalMemory
    {
        uint headers = 1;
        uint segments = 0;
        ulong lastPosition = 0;
        var cursor = new PieceCursor(in plan, in this, 0);
        while (cursor.MoveNext(ref memory, ref this))
        {
            headers++;
            if (cursor.LengthBytes != 0)
            {
                segments++;
                lastPosition = cursor.PositionBytes;
            }
        }
        Layout = plan.Layout.With(LevelNote.Bytes).With(headers, segments, cursor.EndBytes, lastPosition);
    }
}
