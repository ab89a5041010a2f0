using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// The part of a stream that is not acknowledged: not its bytes, but where they lie in memory, which does not change.
/// Bytes of our own, such as headers, are copied into a small ring, and lie there until they are acknowledged.
/// </summary>
public struct SendQueue
{
    /// <summary>Most pieces.</summary>
    public const int Pieces = 256;

    /// <summary>Bytes of the buffer that the constructor takes.</summary>
    public const int BufferBytes = PieceTableBytes + OwnBytes;

    /// <summary>Most bytes of our own that are added at a time.</summary>
    public const int MostOwnBytes = OwnBytes / 4;

    private const int PieceTableBytes = Pieces * 16;
    private const int OwnBytes = 4096;

    // Keeps positions of pieces apart, and a piece's length in 31 bits.
    private const ulong MostQueuedBytes = 1 << 30;
    private const uint OwnMark = 1U << 31;

    private readonly HeldBuffer _table;
    private readonly HeldBuffer _own;
    private ulong _firstPiece;
    private ulong _endPiece;
    private ulong _hint;
    private int _ownIn;
    private int _ownOut;
    private int _ownPieces;

    /// <summary>An empty queue. <paramref name="buffer"/> has <see cref="BufferBytes"/>.</summary>
    public SendQueue(HeldBuffer buffer)
    {
        _table = new HeldBuffer(new DmaBuffer(buffer.Bytes[..PieceTableBytes], buffer.Address));
        _own = new HeldBuffer(new DmaBuffer(
            buffer.Bytes.Slice(PieceTableBytes, OwnBytes), buffer.Address + PieceTableBytes));
    }

    /// <summary>Position of the first byte that is not acknowledged.</summary>
    public ulong Start { get; private set; }

    /// <summary>One past the last byte of the stream so far.</summary>
    public ulong End { get; private set; }

    private readonly Span<SendPiece> Table => MemoryMarshal.Cast<byte, SendPiece>(_table.Bytes);

    /// <summary>Adds memory to the stream; false: there is no room now.</summary>
    public bool TryAdd(ulong address, int lengthBytes)
    {
        if (End - Start + (ulong)lengthBytes > MostQueuedBytes)
        {
            return false;
        }
        if (_endPiece > _firstPiece)
        {
            ref SendPiece last = ref Table[(int)((_endPiece - 1) % Pieces)];
            // What is acknowledged of a piece stays in it until all of it is: a long run of memory becomes several pieces.
            bool goesOn = last.Address + last.LengthBytes == address && last.LengthBytes + (ulong)lengthBytes <= MostQueuedBytes;
            if ((last.LengthBytes & OwnMark) == 0 && goesOn)
            {
                last.LengthBytes += (uint)lengthBytes;
                End += (ulong)lengthBytes;
                return true;
            }
        }
        return TryAddPiece(address, (uint)lengthBytes);
    }

    /// <summary>Adds a copy of at most <see cref="MostOwnBytes"/>; false: there is no room now.</summary>
    public bool TryAddCopy(scoped ReadOnlySpan<byte> bytes)
    {
        int length = bytes.Length;
        if (_ownPieces == 0)
        {
            _ownIn = 0;
            _ownOut = 0;
        }
        bool isWrapped = _ownPieces > 0 && _ownIn <= _ownOut;
        int room = isWrapped ? _ownOut - _ownIn : OwnBytes - _ownIn;
        int at = _ownIn;
        if (!isWrapped && room < length)
        {
            at = 0;
            room = _ownOut;
        }
        if (room < length || !TryAddPiece(_own.Address + (ulong)at, (uint)length | OwnMark))
        {
            return false;
        }
        bytes.CopyTo(_own.Bytes[at..]);
        _ownIn = at + length;
        _ownPieces++;
        return true;
    }

    /// <summary>Forgets what lies before a position: it is acknowledged.</summary>
    public void Release(ulong position)
    {
        while (_firstPiece < _endPiece)
        {
            ref SendPiece first = ref Table[(int)(_firstPiece % Pieces)];
            uint length = first.LengthBytes & ~OwnMark;
            // Of the first piece, Start is inside.
            ulong end = Start + (length - ((uint)Start - first.Position));
            if (end > position)
            {
                break;
            }
            if ((first.LengthBytes & OwnMark) != 0)
            {
                _ownOut = (int)(first.Address - _own.Address) + (int)length;
                _ownPieces--;
            }
            Start = end;
            _firstPiece++;
        }
        Start = Math.Max(Start, Math.Min(position, End));
        _hint = Math.Max(_hint, _firstPiece);
    }

    /// <summary>
    /// Where <paramref name="lengthBytes"/> from a position on lie. Returns how many of them the pieces cover: fewer where
    /// there are too many pieces.
    /// </summary>
    public int Gather(ulong position, int lengthBytes, Span<LinkPiece> pieces, out int count)
    {
        count = 0;
        int done = 0;
        for (ulong at = Find(position); at < _endPiece && done < lengthBytes && count < pieces.Length; at++)
        {
            SendPiece piece = Table[(int)(at % Pieces)];
            uint skip = (uint)position + (uint)done - piece.Position;
            int length = (int)Math.Min((piece.LengthBytes & ~OwnMark) - skip, (uint)(lengthBytes - done));
            pieces[count++] = new LinkPiece(piece.Address + skip, length);
            done += length;
            _hint = at;
        }
        return done;
    }

    private bool TryAddPiece(ulong address, uint lengthAndMark)
    {
        if (_endPiece - _firstPiece == Pieces)
        {
            return false;
        }
        Table[(int)(_endPiece % Pieces)] = new SendPiece
        {
            Address = address,
            LengthBytes = lengthAndMark,
            Position = (uint)End,
        };
        _endPiece++;
        End += lengthAndMark & ~OwnMark;
        return true;
    }

    // The piece that a position lies in; sending goes on where it was.
    private readonly ulong Find(ulong position)
    {
        ulong at = _hint;
        if (at >= _endPiece || (int)((uint)position - Table[(int)(at % Pieces)].Position) < 0)
        {
            at = _firstPiece;
        }
        while (at < _endPiece)
        {
            SendPiece piece = Table[(int)(at % Pieces)];
            if ((uint)position - piece.Position < (piece.LengthBytes & ~OwnMark))
            {
                break;
            }
            at++;
        }
        return at;
    }
}
