using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Messages;

/// <summary>
/// The crashed kernel's log, found by VMCOREINFO: the ring buffer of Linux 5.10 and later, or the record buffer of 3.5 to
/// 5.9.
/// </summary>
public struct MessageLog
{
    private PrintkRing _ring;
    private RecordBuffer _buffer;
    private bool _isRing;

    /// <summary>
    /// Finds it. <see cref="Status.NoVmcoreInfo"/>, <see cref="Status.VmcoreInfoIncomplete"/>, and those of
    /// <see cref="PrintkRing.Open"/> and <see cref="RecordBuffer.Open"/>.
    /// </summary>
    public static Status Open<TMemory>(ref TMemory memory, scoped in VmcoreInfo info, out MessageLog log)
        where TMemory : struct, IVirtualMemory
    {
        log = default;
        if (info.Text.Length == 0)
        {
            return Status.NoVmcoreInfo;
        }
        var read = new LayoutReader(info);
        if (info.TryGetSymbol("prb"u8, out ulong ring) == Status.Ok)
        {
            log._isRing = true;
            return PrintkRing.Open(ref memory, ring, ref read, out log._ring);
        }
        return info.TryGetSymbol("log_buf"u8, out ulong buffer) == Status.Ok
            ? RecordBuffer.Open(ref memory, in info, buffer, ref read, out log._buffer)
            : Status.VmcoreInfoIncomplete;
    }

    /// <summary>Begins with the oldest record; of a ring, with the newest so many at the most.</summary>
    public void Rewind(ulong most)
    {
        if (_isRing)
        {
            _ring.Rewind(most);
        }
        else
        {
            _buffer.Rewind();
        }
    }

    /// <summary>Goes to the next message, from the oldest to the newest; whatever is flawed is left out.</summary>
    public bool MoveNext<TMemory>(ref TMemory memory, out Message message)
        where TMemory : struct, IVirtualMemory
    {
        bool hasMessage = false;
        message = default;
        while (!hasMessage
            && (_isRing ? _ring.MoveNext(ref memory, out hasMessage, out message)
                : _buffer.MoveNext(ref memory, out hasMessage, out message)))
        {
        }
        return hasMessage;
    }
}
