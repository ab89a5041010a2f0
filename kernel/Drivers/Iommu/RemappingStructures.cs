using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>
/// Walks the structures of a DMAR table (VT-d 4.1, 8.1) or an IVRS table (AMD IOMMU 3.10, 5.2.1). Both begin at offset
/// 48, and have their lengths at offset 2. One that does not fit the table ends the walk.
/// </summary>
internal struct RemappingStructures(AcpiTable table)
{
    private const uint FirstOffset = 48;
    private const int HeadBytes = 4;

    private readonly AcpiTable _table = table;
    private uint _next = FirstOffset;

    /// <summary>The first word: type for DMAR; type and flags for IVRS.</summary>
    public ushort Head { get; private set; }

    /// <summary>Bytes of the structure, its head included.</summary>
    public uint Length { get; private set; }

    /// <summary>Offset of the structure in its table.</summary>
    public uint Offset { get; private set; }

    /// <summary>Why the walk ended: at the table's end, or before it.</summary>
    public Status Status { get; private set; }

    /// <summary>Steps to the next structure.</summary>
    public bool MoveNext()
    {
        if (_next >= _table.Length)
        {
            return false;
        }
        Span<byte> head = stackalloc byte[HeadBytes];
        Status = _table.Read(_next, head);
        if (Status != Status.Ok)
        {
            return false;
        }
        Head = BinaryPrimitives.ReadUInt16LittleEndian(head);
        Length = BinaryPrimitives.ReadUInt16LittleEndian(head.Slice(2));
        Offset = _next;
        if (Length < HeadBytes || Length > _table.Length - _next)
        {
            Status = Status.AcpiTableBad;
            return false;
        }
        _next += Length;
        return true;
    }

    /// <summary>Reads bytes of the structure; <see cref="Status.AcpiTableBad"/> past its end.</summary>
    public readonly Status Read(uint offset, Span<byte> bytes)
    {
        if (offset > Length || (uint)bytes.Length > Length - offset)
        {
            bytes.Clear();
            return Status.AcpiTableBad;
        }
        return _table.Read(Offset + offset, bytes);
    }
}
