using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Watchdog;

/// <summary>A watchdog that ACPI's table WDAT describes, whatever it is.</summary>
internal struct AcpiWatchdog
{
    private const uint EntryCountOffset = 64;
    private const uint FirstEntryOffset = 68;
    private const uint MostEntries = 256;

    private Instructions _reset;
    private int _count;

    /// <summary>Its name, as ACPI calls it.</summary>
    public static ReadOnlySpan<byte> Name => "WDAT"u8;

    /// <summary>It was found, and found running.</summary>
    public readonly bool IsRunning => _count != 0;

    /// <summary>
    /// Reads the table; a timer that it does not tell to be running is left alone, and so is one that is fed in more
    /// steps than there is room for. A table with a wrong checksum is not used: what it names is written to for as long as
    /// the dump takes, and may be the memory that is dumped.
    /// </summary>
    public static AcpiWatchdog Find()
    {
        AcpiWatchdog found = default;
        Span<byte> buffer = stackalloc byte[AcpiInstruction.Bytes];
        Span<byte> number = buffer.Slice(0, sizeof(uint));
        if (AcpiTable.Open("WDAT"u8, out AcpiTable table) != Status.Ok || table.Length < FirstEntryOffset
            || table.Read(EntryCountOffset, number) != Status.Ok)
        {
            return found;
        }
        bool isRunning = false;
        uint room = Math.Min((table.Length - FirstEntryOffset) / AcpiInstruction.Bytes, MostEntries);
        uint entries = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(number), room);
        for (uint i = 0; i < entries; i++)
        {
            if (table.Read(FirstEntryOffset + (i * AcpiInstruction.Bytes), buffer) != Status.Ok)
            {
                return default;
            }
            byte action = buffer[0];
            if (action is not (AcpiInstruction.ActionReset or AcpiInstruction.ActionQueryRunning))
            {
                continue;
            }
            if (AcpiInstruction.Open(buffer, out AcpiInstruction instruction) != Status.Ok
                || (action == AcpiInstruction.ActionReset && found._count == Instructions.Count))
            {
                return default;
            }
            if (action == AcpiInstruction.ActionReset)
            {
                found._reset[found._count++] = instruction;
            }
            else
            {
                isRunning = instruction.Run();
            }
        }
        return isRunning ? found : default;
    }

    /// <summary>Lets it count from its initial value again.</summary>
    public readonly void Feed()
    {
        for (int i = 0; i < _count; i++)
        {
            _ = _reset[i].Run();
        }
    }

    [InlineArray(Count)]
    private struct Instructions
    {
        public const int Count = 4;

        private AcpiInstruction _first;
    }
}
