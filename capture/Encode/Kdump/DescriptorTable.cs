using System;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// The table of page descriptors, seen through a window that moves with what is written. Each pass over the pages reads
/// back what the earlier ones left; a sink that cannot read back is given only the descriptors that were put.
/// </summary>
public ref struct DescriptorTable
{
    // A multiple of both a page and a descriptor: no descriptor lies on an edge.
    private const int WindowUnit = 3 * Limits.PageBytes;
    private const ulong NoWindow = ulong.MaxValue;

    private readonly Span<byte> _bytes;
    private readonly ulong _address;
    private readonly ulong _position;
    private readonly ulong _end;
    private ulong _window;
    private ulong _writtenEnd;

    /// <summary>
    /// A table that lies between the two positions in the dump, all zeros so far. The window is at least
    /// <see cref="SmallestBytes"/>.
    /// </summary>
    public DescriptorTable(DmaBuffer window, ulong positionBytes, ulong endBytes)
    {
        _bytes = window.Bytes[..(window.Bytes.Length / WindowUnit * WindowUnit)];
        _address = window.Address;
        _position = positionBytes;
        _end = endBytes;
        _window = NoWindow;
    }

    /// <summary>
    /// Most pages whose descriptors an earlier pass had put and the sink could not read back: they have none now.
    /// </summary>
    public ulong Lost { get; private set; }

    /// <summary>Smallest window.</summary>
    public const int SmallestBytes = WindowUnit;

    /// <summary>Whether the descriptor of this rank can be put without writing the others.</summary>
    public readonly bool IsInWindow(ulong rank) => WindowOf(rank) == _window || _window == NoWindow;

    /// <summary>Puts the descriptor of the page of this rank among all pages of the dump.</summary>
    public Status Put<TSink>(ref TSink sink, ulong rank, in PageDescriptor descriptor)
        where TSink : struct, IDumpSink
    {
        ulong at = rank * KdumpLayout.DescriptorBytes;
        ulong window = WindowOf(rank);
        if (window != _window)
        {
            Status status = Move(ref sink, window);
            if (status != Status.Ok)
            {
                return status;
            }
        }
        descriptor.Write(_bytes[(int)(at - window)..]);
        return Status.Ok;
    }

    /// <summary>Writes what is in the window.</summary>
    public Status Flush<TSink>(ref TSink sink)
        where TSink : struct, IDumpSink
    {
        if (_window == NoWindow)
        {
            return Status.Ok;
        }
        if (!sink.CanReadBack)
        {
            return SubmitPut(ref sink);
        }
        DumpChunk chunk = Chunk(_window);
        _writtenEnd = Math.Max(_writtenEnd, _window + chunk.LengthBytes);
        _window = NoWindow;
        Status status = sink.Submit(in chunk);
        return status == Status.Ok ? sink.Drain() : status;
    }

    /// <summary>
    /// Where nothing can be read back: gives the sink what is left of the table behind so many descriptors, after
    /// <see cref="Flush"/>.
    /// </summary>
    public readonly Status Finish<TSink>(ref TSink sink, ulong descriptors)
        where TSink : struct, IDumpSink
    {
        ulong end = _position + (descriptors * KdumpLayout.DescriptorBytes);
        if (end >= _end)
        {
            return Status.Ok;
        }
        _bytes.Clear();
        Status status = sink.Submit(new DumpChunk(end, _address, _end - end));
        return status == Status.Ok ? sink.Drain() : status;
    }

    // Runs of descriptors that are not zeros, as none is that was put; then the window is zeros again.
    private readonly Status SubmitPut<TSink>(ref TSink sink)
        where TSink : struct, IDumpSink
    {
        Status status = Status.Ok;
        int start = 0;
        for (int at = 0; at <= _bytes.Length && status == Status.Ok; at += KdumpLayout.DescriptorBytes)
        {
            if (at < _bytes.Length && !PageDescriptor.IsEmpty(_bytes[at..]))
            {
                continue;
            }
            status = SubmitRun(ref sink, start, at);
            start = at + KdumpLayout.DescriptorBytes;
        }
        status = status == Status.Ok ? sink.Drain() : status;
        if (status == Status.Ok)
        {
            _bytes.Clear();
        }
        return status;
    }

    // Page by page from the end: where a descriptor lies across two pages and the line is cut between them, what arrived
    // has no position, and does not pass for a descriptor.
    private readonly Status SubmitRun<TSink>(ref TSink sink, int start, int end)
        where TSink : struct, IDumpSink
    {
        Status status = Status.Ok;
        while (end > start && status == Status.Ok)
        {
            int first = Math.Max(start, (end - 1) & -Limits.PageBytes);
            status = sink.Submit(new DumpChunk(
                _position + _window + (ulong)first, _address + (ulong)first, (ulong)(end - first)));
            end = first;
        }
        return status;
    }

    private readonly ulong WindowOf(ulong rank) =>
        rank * KdumpLayout.DescriptorBytes / (ulong)_bytes.Length * (ulong)_bytes.Length;

    private Status Move<TSink>(ref TSink sink, ulong window)
        where TSink : struct, IDumpSink
    {
        Status status = Flush(ref sink);
        if (status != Status.Ok)
        {
            return status;
        }
        if (window < _writtenEnd && sink.CanReadBack)
        {
            DumpChunk chunk = Chunk(window);
            for (ulong at = 0; at < chunk.LengthBytes && status == Status.Ok; at += WindowUnit)
            {
                status = ReadBack(ref sink, in chunk, at);
            }
        }
        else
        {
            _bytes.Clear();
        }
        _window = status == Status.Ok ? window : NoWindow;
        return status;
    }

    // A failure that is only this request's costs the descriptors there, not the dump. In units, so that none is cut.
    private Status ReadBack<TSink>(ref TSink sink, in DumpChunk window, ulong at)
        where TSink : struct, IDumpSink
    {
        ulong length = Math.Min(WindowUnit, window.LengthBytes - at);
        Status status = sink.ReadBack(new DumpChunk(window.PositionBytes + at, window.Address + at, length));
        if (status != Status.RequestFailed)
        {
            return status;
        }
        _bytes.Slice((int)at, (int)length).Clear();
        Lost += length / KdumpLayout.DescriptorBytes;
        return Status.Ok;
    }

    private readonly DumpChunk Chunk(ulong window)
    {
        ulong length = Math.Min((ulong)_bytes.Length, _end - _position - window);
        return new DumpChunk(_position + window, _address, length);
    }
}
