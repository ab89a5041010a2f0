using System;
using System.Buffers.Binary;

namespace CosmosKdump.Kernel.Drivers.Scsi;

/// <summary>The logical units in the answer to REPORT LUNS (SPC-4, 6.33), as far as one number names them.</summary>
internal ref struct ScsiLunList(ReadOnlySpan<byte> answer)
{
    private const int HeaderBytes = 8;
    private const int EntryBytes = 8;
    private const int PeripheralMethod = 0;
    private const int FlatMethod = 1;

    private readonly ReadOnlySpan<byte> _answer = answer;
    private int _offset = HeaderBytes;

    /// <summary>The unit's number, below 16384.</summary>
    public ushort Current { get; private set; }

    /// <summary>
    /// Goes to the next unit; units behind another bus or level, and well-known ones, are passed over (SAM-5, 4.7.7).
    /// </summary>
    public bool MoveNext()
    {
        uint told = _answer.Length < HeaderBytes ? 0 : BinaryPrimitives.ReadUInt32BigEndian(_answer.Slice(0, 4));
        while (_offset + EntryBytes <= _answer.Length && (uint)(_offset - HeaderBytes) + EntryBytes <= told)
        {
            ReadOnlySpan<byte> entry = _answer.Slice(_offset, EntryBytes);
            _offset += EntryBytes;
            int first = BinaryPrimitives.ReadUInt16BigEndian(entry.Slice(0, 2));
            int method = first >> 14;
            bool isOneLevel = (BinaryPrimitives.ReadUInt64BigEndian(entry) << 16) == 0;
            bool isNumber = method == FlatMethod || (method == PeripheralMethod && first < 256);
            if (isOneLevel && isNumber)
            {
                Current = (ushort)(first & 0x3FFF);
                return true;
            }
        }
        return false;
    }
}
