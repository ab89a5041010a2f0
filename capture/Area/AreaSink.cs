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
    private AreaPlace _place;
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
        Close();
        _area = area;
        Status status = CheckGeometry();
        if (status == Status.Ok)
        {
            _place = new AreaPlace(area, Writer.BlockBytes);
            status = ReadLabel();
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
    /// The same for an area that is a file, by its extent map, which must have been opened. An unsaved dump is never
    /// overwritten: its pages took the place of the stamps, and nothing else tells that the file is still there.
    /// <paramref name="partitions"/> is scratch memory for <see cref="Limits.Partitions"/>. Further errors:
    /// <see cref="Status.MapOtherDisk"/>, <see cref="Status.MapStale"/>, <see cref="Status.PartitionsMalformed"/>.
    /// </summary>
    public Status OpenFile(in ExtentMap map, in AreaUuid wanted, Span<AreaExtent> partitions)
    {
        Close();
        if (map.Count == 0)
        {
            return Status.MapMalformed;
        }
        if (!wanted.IsNil && !AreaUuid.Same(wanted, map.Uuid))
        {
            return Status.LabelOtherUuid;
        }
        Status status = _page.Bytes.Length < AreaLabel.Bytes ? Status.BufferTooSmall : Writer.CheckDevice();
        if (status == Status.Ok)
        {
            var page = new DmaBuffer(_page.Bytes, _page.Address);
            status = MapCheck.Disk(ref Writer.Disk.Device, in map, page, partitions);
        }
        if (status != Status.Ok)
        {
            return status;
        }
        _place = new AreaPlace(in map, Writer.BlockBytes);
        status = ReadLabel();
        bool isLabelOfFile = status == Status.Ok && _label.IsFile && AreaUuid.Same(_label.Uuid, map.Uuid);
        bool isOtherLabel = status is Status.NoLabel or Status.LabelVersion or Status.LabelCorrupt or Status.LabelWrongSize;
        if (isOtherLabel || (status == Status.Ok && !isLabelOfFile))
        {
            return Status.MapStale;
        }
        if (status == Status.Ok)
        {
            status = _label.HoldsUnsavedDump ? Status.DumpNotSaved
                : Writer.IsReadOnly ? Status.WriteProtected
                : MapCheck.Stamps(ref Writer, in map, _page);
        }
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
        label.IsFile = _label.IsFile;
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
        Status status = Status.Ok;
        for (ulong done = 0; status == Status.Ok && done < chunk.LengthBytes;)
        {
            ulong block = _place.BlockAt(chunk.PositionBytes + done, out ulong runBytes);
            ulong lengthBytes = Math.Min(runBytes, chunk.LengthBytes - done);
            status = Writer.Write(block, chunk.Address + done, lengthBytes);
            done += lengthBytes;
        }
        return status;
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
            ulong block = _place.BlockAt(chunk.PositionBytes + done, out _);
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

    private readonly ulong LabelBlock => _place.BlockAt(_place.Bytes - AreaLabel.Bytes, out _);

    private void Close()
    {
        _step = Step.Closed;
        _area = default;
        _place = default;
        _label = default;
        Writer.Restart();
    }

    private Status ReadLabel()
    {
        Status status = Writer.ReadPage(LabelBlock, _page.Address);
        return status == Status.Ok ? AreaLabel.Decode(_page.Bytes, _place.Bytes, out _label) : status;
    }

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
        return _area.BlockCount * Writer.BlockBytes < AreaLabel.MinimumAreaBytes ? Status.AreaTooSmall : Status.Ok;
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
            Status status = Writer.ReadPage(_place.BlockAt(at, out _), _page.Address);
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
            Status status = Writer.ReadPage(_place.BlockAt((ulong)pages[i] * Limits.PageBytes, out _), _page.Address);
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
