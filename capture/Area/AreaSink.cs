using System;
using CosmosKdump.Capture.Encode;

namespace CosmosKdump.Capture.Area;

/// <summary>
/// Writes a dump into a dump area. <see cref="Open"/> only reads, so that a caller can look at several disks before it
/// chooses one; <see cref="Begin"/> is the first to write, and what it writes first is the label.
/// </summary>
public struct AreaSink<TDisk, TClock, TConsole> : IDumpSink
    where TDisk : struct, IBlockDevice
    where TClock : struct, IClock
    where TConsole : struct, IConsole
{
    /// <summary>Bytes of the buffer that the constructor takes: the label page, then the table of failed writes.</summary>
    public const int BufferBytes = AreaLabel.Bytes + PageWriter<TDisk, TClock, TConsole>.TableBytes;

    /// <summary>The writer, and the disk in it. A public field, for it is a struct that changes in place.</summary>
    public PageWriter<TDisk, TClock, TConsole> Writer;

    private readonly HeldBuffer _page;
    private AreaExtent _area;
    private AreaLabel _label;
    private ulong _pagesMissing;
    private Step _step;

    /// <summary>
    /// A sink over <paramref name="disk"/>, which the sink owns from now on; repairs are timed and told.
    /// <paramref name="buffer"/> has <see cref="BufferBytes"/>, page-aligned, and never moves.
    /// </summary>
    public AreaSink(in TDisk disk, in TClock clock, in TConsole console, DmaBuffer buffer)
    {
        bool fits = buffer.Bytes.Length >= BufferBytes;
        _page = fits ? new HeldBuffer(new DmaBuffer(buffer.Bytes[..AreaLabel.Bytes], buffer.Address)) : default;
        HeldBuffer table = fits
            ? new HeldBuffer(new DmaBuffer(buffer.Bytes[AreaLabel.Bytes..], buffer.Address + AreaLabel.Bytes))
            : default;
        Writer = new PageWriter<TDisk, TClock, TConsole>(disk, clock, console, table);
    }

    private enum Step : byte
    {
        Closed,
        Opened,
        Writing,
        Finished,
    }

    /// <summary>The area that was opened last.</summary>
    public readonly AreaExtent Area => _area;

    /// <summary>The label as it was read by <see cref="Open"/>, or written since.</summary>
    public readonly AreaLabel Label => _label;

    /// <inheritdoc/>
    public readonly ulong PagesLost => Writer.PagesLost;

    /// <inheritdoc/>
    public readonly ulong PagesWritten => Writer.PagesWritten;

    /// <summary>
    /// Reads and checks the label of an area of the disk, and writes nothing; may be tried with one area after another.
    /// <paramref name="wanted"/> is the UUID that the area must have, or the nil UUID for any;
    /// <paramref name="overwrite"/> allows an area whose dump was not saved. Errors: those of
    /// <see cref="AreaLabel.Decode"/>, <see cref="Status.AreaTooSmall"/>, <see cref="Status.OutOfMedium"/>,
    /// <see cref="Status.LabelOtherUuid"/>, <see cref="Status.DumpNotSaved"/>, <see cref="Status.WriteProtected"/>,
    /// <see cref="Status.AreaInUse"/>, and those of the device. After <see cref="Status.DumpNotSaved"/>,
    /// <see cref="Label"/> tells whose dump it is.
    /// </summary>
    public Status Open(in AreaExtent area, in AreaUuid wanted, bool overwrite)
    {
        _step = Step.Closed;
        _area = area;
        _label = default;
        Writer.Restart();
        Status status = CheckGeometry();
        if (status == Status.Ok)
        {
            status = Writer.ReadPage(LabelBlock, _page.Address);
        }
        if (status == Status.Ok)
        {
            status = AreaLabel.Decode(_page.Bytes, AreaBytes, out _label);
        }
        if (status != Status.Ok)
        {
            return status;
        }
        if (!wanted.IsNil && !AreaUuid.Same(wanted, _label.Uuid))
        {
            return Status.LabelOtherUuid;
        }
        if (_label.HoldsUnsavedDump && !overwrite)
        {
            return Status.DumpNotSaved;
        }
        if (Writer.IsReadOnly)
        {
            return Status.WriteProtected;
        }
        status = CheckStart();
        if (status == Status.Ok)
        {
            _step = Step.Opened;
        }
        return status;
    }

    /// <summary>
    /// Marks the area as being written, durably. A dump that does not fit is refused with
    /// <see cref="Status.AreaTooSmall"/> before anything is written; <see cref="Status.NoLabel"/>: not opened.
    /// </summary>
    public Status Begin(in DumpFacts facts)
    {
        if (_step != Step.Opened)
        {
            return Status.NoLabel;
        }
        if (facts.LengthBytes > _label.CapacityBytes)
        {
            return Status.AreaTooSmall;
        }
        AreaLabel label = AreaLabel.Create(_label.Uuid, _label.AreaBytes);
        label.Sequence = _label.Sequence;
        _label = label;
        Describe(in facts);
        Status status = WriteLabel(AreaState.Writing, Status.Ok);
        if (status == Status.Ok)
        {
            _step = Step.Writing;
        }
        return status;
    }

    /// <inheritdoc/>
    public Status Submit(in DumpChunk chunk)
    {
        if (_step != Step.Writing)
        {
            return Status.NoLabel;
        }
        const ulong PageMask = Limits.PageBytes - 1;
        if (((chunk.PositionBytes | chunk.Address | chunk.LengthBytes) & PageMask) != 0)
        {
            return Status.AddressOutOfRange;
        }
        if (chunk.LengthBytes > _label.DumpLengthBytes
            || chunk.PositionBytes > _label.DumpLengthBytes - chunk.LengthBytes)
        {
            return Status.OutOfMedium;
        }
        ulong block = _area.FirstBlock + (chunk.PositionBytes / Writer.BlockBytes);
        return Writer.Write(block, chunk.Address, chunk.LengthBytes);
    }

    /// <inheritdoc/>
    public Status Drain() => _step == Step.Writing ? Writer.Drain() : Status.NoLabel;

    /// <summary>
    /// Makes the dump durable, then marks the area complete, or incomplete if <paramref name="outcome"/> is not
    /// <see cref="Status.Ok"/> or pages were lost. Returns the first thing that went wrong:
    /// <paramref name="outcome"/>, <see cref="Status.PagesLost"/>, or why the label could not be written.
    /// </summary>
    public Status Finish(Status outcome, in DumpFacts facts)
    {
        if (_step != Step.Writing)
        {
            return Status.NoLabel;
        }
        _step = Step.Finished;
        Describe(in facts);
        Status status = Writer.Drain();
        if (status == Status.Ok)
        {
            status = Writer.Flush();
        }
        if (outcome == Status.Ok)
        {
            outcome = status != Status.Ok ? status : PagesLost > 0 ? Status.PagesLost : Status.Ok;
        }
        status = WriteLabel(outcome == Status.Ok ? AreaState.Complete : AreaState.Incomplete, outcome);
        return outcome != Status.Ok ? outcome : status;
    }

    /// <inheritdoc/>
    public readonly ulong CapacityBytes => _label.CapacityBytes;

    /// <inheritdoc/>
    public readonly bool CanReadBack => true;

    /// <inheritdoc/>
    public Status ReadBack(in DumpChunk chunk)
    {
        Status status = Drain();
        for (ulong done = 0; status == Status.Ok && done < chunk.LengthBytes; done += Limits.PageBytes)
        {
            ulong block = _area.FirstBlock + ((chunk.PositionBytes + done) / Writer.BlockBytes);
            status = Writer.ReadPage(block, chunk.Address + done);
        }
        return status;
    }

    private void Describe(in DumpFacts facts)
    {
        _label.CrashTimeSeconds = facts.CrashTimeSeconds;
        _label.DumpLengthBytes = facts.LengthBytes;
        _label.Format = facts.Format;
        _label.DumpLevel = facts.DumpLevel;
        _label.HeaderBytes = facts.HeaderBytes;
        _label.HeaderChecksum = facts.HeaderChecksum;
        _pagesMissing = facts.PagesMissing;
    }

    private readonly ulong AreaBytes => _area.BlockCount * Writer.BlockBytes;

    private readonly ulong LabelBlock => _area.FirstBlock + _area.BlockCount - Writer.BlocksPerPage;

    private readonly Status CheckGeometry()
    {
        if (_page.Bytes.Length < AreaLabel.Bytes)
        {
            return Status.BufferTooSmall;
        }
        Status status = Writer.CheckDevice();
        if (status != Status.Ok)
        {
            return status;
        }
        if (_area.BlockCount > Writer.BlockCount || _area.FirstBlock > Writer.BlockCount - _area.BlockCount
            || _area.BlockCount > ulong.MaxValue / Writer.BlockBytes)
        {
            return Status.OutOfMedium;
        }
        return AreaBytes < AreaLabel.MinimumAreaBytes ? Status.AreaTooSmall : Status.Ok;
    }

    /// <summary>
    /// A label survives when a disk is partitioned or formatted later, so the start of the area must be a dump area's too:
    /// the very dump that the label tells of, by its header checksum, or zeros where partition tables and file systems
    /// have their marks (page 0; md at 4 KiB; ISO 9660 at 32 KiB; btrfs at 64 KiB).
    /// </summary>
    private Status CheckStart()
    {
        if (_label.HoldsUnsavedDump && _label.HeaderBytes != 0)
        {
            Status status = SumHeader(out uint checksum);
            if (status != Status.Ok || checksum == _label.HeaderChecksum)
            {
                return status;
            }
        }
        return CheckBlank();
    }

    private Status SumHeader(out uint checksum)
    {
        checksum = 0;
        for (ulong at = 0; at < _label.HeaderBytes; at += Limits.PageBytes)
        {
            Status status = Writer.ReadPage(_area.FirstBlock + (at / Writer.BlockBytes), _page.Address);
            if (status != Status.Ok)
            {
                return status;
            }
            checksum = Crc32C.Append(checksum, _page.Bytes);
        }
        return Status.Ok;
    }

    private Status CheckBlank()
    {
        ReadOnlySpan<byte> pages = [0, 1, 8, 16];
        for (int i = 0; i < pages.Length; i++)
        {
            if (((ulong)pages[i] + 1) * Limits.PageBytes > _label.CapacityBytes)
            {
                break;
            }
            Status status = Writer.ReadPage(_area.FirstBlock + (pages[i] * Writer.BlocksPerPage), _page.Address);
            if (status == Status.RequestFailed)
            {
                // A bad block is no sign of other use, and must not cost the dump.
                continue;
            }
            if (status != Status.Ok)
            {
                return status;
            }
            if (!ZeroPage.Is(_page.Bytes))
            {
                return Status.AreaInUse;
            }
        }
        return Status.Ok;
    }

    private Status WriteLabel(AreaState state, Status outcome)
    {
        _label.State = state;
        _label.Outcome = outcome;
        _label.Sequence++;
        _label.PagesWritten = PagesWritten;
        _label.PagesLost = PagesLost + _pagesMissing;
        Status status = _label.Encode(_page.Bytes);
        if (status == Status.Ok)
        {
            status = Writer.WritePage(LabelBlock, _page.Address);
        }
        return status == Status.Ok ? Writer.Flush() : status;
    }
}
