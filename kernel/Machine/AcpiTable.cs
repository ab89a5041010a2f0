using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>An ACPI table (ACPI 6.5, 5.2.6) in the machine's memory. Reads past its end fail.</summary>
internal readonly struct AcpiTable
{
    // A longer one of those that are read here has another length than it was written with.
    private const uint MostBytes = 1 << 20;
    private const int PieceBytes = 256;

    private readonly ulong _address;

    private AcpiTable(ulong address, uint length)
    {
        _address = address;
        Length = length;
    }

    /// <summary>Bytes, the header included.</summary>
    internal uint Length { get; }

    /// <summary>
    /// Finds the first table with a signature. <see cref="Status.NoDevice"/>: there is none;
    /// <see cref="Status.AcpiTableBad"/>: its length cannot be true, or its checksum is wrong.
    /// </summary>
    internal static Status Open(ReadOnlySpan<byte> signature, out AcpiTable table)
    {
        table = default;
        if (!AcpiTables.TryFind(signature, out ulong address, out uint length))
        {
            return Status.NoDevice;
        }
        table = new AcpiTable(address, Math.Min(length, MostBytes));
        return length <= MostBytes && table.HasSum() ? Status.Ok : Status.AcpiTableBad;
    }

    /// <summary>Reads bytes from an offset on; <see cref="Status.AcpiTableBad"/> past the end.</summary>
    internal Status Read(uint offset, Span<byte> bytes)
    {
        if (offset > Length || (uint)bytes.Length > Length - offset)
        {
            bytes.Clear();
            return Status.AcpiTableBad;
        }
        return default(OldMemory).Read(_address + offset, bytes);
    }

    private bool HasSum()
    {
        Span<byte> piece = stackalloc byte[PieceBytes];
        byte sum = 0;
        for (uint at = 0; at < Length;)
        {
            Span<byte> part = piece.Slice(0, (int)Math.Min(PieceBytes, Length - at));
            if (Read(at, part) != Status.Ok)
            {
                return false;
            }
            for (int i = 0; i < part.Length; i++)
            {
                sum += part[i];
            }
            at += (uint)part.Length;
        }
        return sum == 0;
    }
}
