using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>Writes the pages of a kdump-compressed dump and their descriptors.</summary>
public ref struct KdumpPages
{
    private readonly KdumpLayout _layout;
    private readonly uint _flag;
    private DescriptorTable _table;
    private PageData _data;
    private PageBatcher _batcher;
    private CompressionPace _pace;
    private RepeatedPages _repeated;
    private ulong _unreadable;
    private bool _isStream;

    /// <summary>
    /// Prepares to write; <paramref name="flag"/> is that of compressed pages, <paramref name="limitBytes"/> is where the
    /// sink ends.
    /// </summary>
    public KdumpPages(
        scoped in KdumpBuffers buffers,
        scoped in KdumpLayout layout,
        uint flag,
        CompressionPace pace,
        ulong limitBytes,
        int slots)
    {
        _layout = layout;
        _flag = flag;
        _pace = pace;
        _table = new DescriptorTable(buffers.Table, layout.DescriptorPositionBytes, layout.DataPositionBytes);
        _data = new PageData(buffers.Data, layout.DataPositionBytes, limitBytes);
        _batcher = new PageBatcher(buffers.Pages, slots);
    }

    /// <summary>
    /// Pages that the dump does not have: zeros for what could not be read, and no descriptors where the sink lost them.
    /// </summary>
    public readonly ulong Missing => _unreadable + _table.Lost;

    /// <summary>Where the data ends.</summary>
    public readonly ulong EndBytes => _data.PositionBytes;

    /// <summary>Writes all pages, pass by pass, and waits for them. <see cref="Status.DumpCut"/>: the sink is full.</summary>
    public Status Write<TMemory, TSink, TClock, TConsole, TCompressor>(
        ref TMemory memory,
        ref TSink sink,
        ref TClock clock,
        ref TConsole console,
        ref TCompressor compressor,
        ref PageFilter filter,
        scoped in PageCensus census,
        scoped in CapturePlan plan,
        ref ProgressMeter meter)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
        where TConsole : struct, IConsole
        where TCompressor : struct, IPageCompressor
    {
        Span<byte> zeros = stackalloc byte[Limits.PageBytes];
        zeros.Clear();
        Status status = _data.Append(ref sink, ref clock, ref _pace, zeros);
        _isStream = !sink.CanReadBack;
        for (int pass = 0; pass < PagePass.Count && status == Status.Ok; pass++)
        {
            if (PagePass.IsNeeded(pass, in census, filter.Level))
            {
                status = WritePass(
                    ref memory, ref sink, ref clock, ref console, ref compressor, ref filter, in plan, ref meter, pass);
            }
        }
        // A dump that is cut short still has the descriptors of what it holds.
        bool isDump = status is Status.Ok or Status.DumpCut;
        Status end = isDump ? FlushTable(ref sink) : status;
        end = end == Status.Ok && _isStream ? _table.Finish(ref sink, _layout.Pages) : end;
        end = end == Status.Ok ? _data.Finish(ref sink) : end;
        return end == Status.Ok ? status : end;
    }

    private Status WritePass<TMemory, TSink, TClock, TConsole, TCompressor>(
        ref TMemory memory,
        ref TSink sink,
        ref TClock clock,
        ref TConsole console,
        ref TCompressor compressor,
        ref PageFilter filter,
        scoped in CapturePlan plan,
        ref ProgressMeter meter,
        int pass)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
        where TConsole : struct, IConsole
        where TCompressor : struct, IPageCompressor
    {
        Status status = Status.Ok;
        ulong rank = 0;
        ulong nextRank = 0;
        ulong units = filter.Units;
        uint kept = KindSet.Kept(filter.Level);
        uint wanted = kept & PagePass.KindsOf(pass);
        for (ulong unit = 0; unit < units && status == Status.Ok; unit++)
        {
            bool canSkip = filter.CanSkip(unit, wanted, out ulong skipped, out uint keptPages);
            if (unit % skipped == 0)
            {
                // Counted once: memory that reads differently now moves no other unit's pages.
                rank = nextRank;
                nextRank += keptPages;
            }
            if (canSkip)
            {
                unit += skipped - 1;
                continue;
            }
            if (!filter.Load(ref memory, unit))
            {
                continue;
            }
            ReadOnlySpan<PageKind> kinds = filter.Kinds;
            for (int i = KindRuns.Next(kinds, 0, kept);
                i < kinds.Length && rank < nextRank && status == Status.Ok;
                i = KindRuns.Next(kinds, i + 1, kept))
            {
                if (KindSet.Has(wanted, kinds[i]))
                {
                    ulong address = (unit * FilterUnit.Bytes) + ((ulong)i * Limits.PageBytes);
                    while (_batcher.IsFull && status == Status.Ok)
                    {
                        status = TakeBatch(ref sink, ref clock, ref console, ref compressor, ref meter);
                    }
                    _batcher.Add(ref compressor, ref _pace, new BatchPage(rank, plan.Low.SourceOfPage(address)));
                }
                rank++;
            }
        }
        _batcher.Start(ref compressor, ref _pace);
        while (_batcher.HasStarted)
        {
            // Also after an error, so that no CPU works on when the buffers have another use.
            Status last = TakeBatch(ref sink, ref clock, ref console, ref compressor, ref meter, status != Status.Ok);
            status = status == Status.Ok ? last : status;
        }
        return status;
    }

    private Status TakeBatch<TSink, TClock, TConsole, TCompressor>(
        ref TSink sink,
        ref TClock clock,
        ref TConsole console,
        ref TCompressor compressor,
        ref ProgressMeter meter,
        bool isDropped = false)
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
        where TConsole : struct, IConsole
        where TCompressor : struct, IPageCompressor
    {
        CompressedBatch batch = _batcher.Take(ref compressor, out ReadOnlySpan<BatchPage> pages);
        int at = 0;
        for (int i = 0; i < pages.Length && !isDropped; i++)
        {
            PageResult result = batch.Pages[i];
            int length = result.LengthBytes;
            Status status = WritePage(ref sink, ref clock, pages[i].Rank, result.Form, batch.Bytes.Slice(at, length));
            if (status != Status.Ok)
            {
                return status;
            }
            at += length;
        }
        meter.Advance(ref clock, ref console, (ulong)pages.Length * Limits.PageBytes);
        return Status.Ok;
    }

    private Status WritePage<TSink, TClock>(
        ref TSink sink, ref TClock clock, ulong rank, PageForm form, scoped ReadOnlySpan<byte> bytes)
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
    {
        if (form is PageForm.Zero or PageForm.Unreadable)
        {
            _unreadable += form == PageForm.Unreadable ? 1UL : 0;
            return Put(ref sink, rank, new PageDescriptor(_layout.DataPositionBytes, Limits.PageBytes, 0));
        }
        if (form == PageForm.Repeated)
        {
            return WriteRepeated(ref sink, ref clock, rank, bytes);
        }
        return WriteBytes(ref sink, ref clock, rank, form == PageForm.Compressed ? _flag : 0, bytes, out _);
    }

    // The first page of its kind; others refer to it.
    private Status WriteRepeated<TSink, TClock>(
        ref TSink sink, ref TClock clock, ulong rank, scoped ReadOnlySpan<byte> bytes)
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
    {
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (_repeated.TryFind(word, out PageDescriptor descriptor))
        {
            return Put(ref sink, rank, in descriptor);
        }
        Span<byte> page = stackalloc byte[Limits.PageBytes];
        MemoryMarshal.Cast<byte, ulong>(page).Fill(word);
        bool isCompressed = bytes.Length > RepeatedWord.Bytes;
        Status status = WriteBytes(
            ref sink, ref clock, rank, isCompressed ? _flag : 0, isCompressed ? bytes[RepeatedWord.Bytes..] : page,
            out descriptor);
        if (status == Status.Ok)
        {
            _repeated.Add(word, in descriptor);
        }
        return status;
    }

    private Status WriteBytes<TSink, TClock>(
        ref TSink sink,
        ref TClock clock,
        ulong rank,
        uint flags,
        scoped ReadOnlySpan<byte> bytes,
        out PageDescriptor descriptor)
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
    {
        descriptor = default;
        if (!_data.HasRoom(bytes.Length))
        {
            return Status.DumpCut;
        }
        descriptor = new PageDescriptor(_data.PositionBytes, (uint)bytes.Length, flags);
        ulong given = _data.GivenBytes;
        Status status = _data.Append(ref sink, ref clock, ref _pace, bytes);
        if (status == Status.Ok && _isStream && _data.GivenBytes != given)
        {
            // A line may be cut at any time: what arrived is of use only with its descriptors.
            status = _table.Flush(ref sink);
        }
        return status == Status.Ok ? Put(ref sink, rank, in descriptor) : status;
    }

    private Status Put<TSink>(ref TSink sink, ulong rank, in PageDescriptor descriptor)
        where TSink : struct, IDumpSink
    {
        Status status = _isStream && !_table.IsInWindow(rank) ? FlushTable(ref sink) : Status.Ok;
        return status == Status.Ok ? _table.Put(ref sink, rank, in descriptor) : status;
    }

    // On a stream, descriptors follow what they point to.
    private Status FlushTable<TSink>(ref TSink sink)
        where TSink : struct, IDumpSink
    {
        Status status = _isStream ? _data.Give(ref sink) : Status.Ok;
        return status == Status.Ok ? _table.Flush(ref sink) : status;
    }
}
