using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>Reset and power off by ACPI's fixed hardware (ACPI 6.5, 4.8.3 and 5.2.9).</summary>
internal static class AcpiPower
{
    private const int FadtBytes = 148;
    private const int DsdtOffset = 40;
    private const int Pm1aControlOffset = 64;
    private const int Pm1bControlOffset = 68;
    private const int FlagsOffset = 112;
    private const int ResetRegisterOffset = 116;
    private const int ResetValueOffset = 128;
    private const int ExtendedDsdtOffset = 140;
    private const int MaximumDsdtBytes = 4 << 20;

    /// <summary>Writes the reset register, if the FADT has one in I/O space.</summary>
    internal static void Reset()
    {
        Span<byte> fadt = stackalloc byte[FadtBytes];
        if (!TryReadFadt(fadt) || (fadt[FlagsOffset + 1] & 4) == 0 || fadt[ResetRegisterOffset] != 1)
        {
            return;
        }
        ulong port = BinaryPrimitives.ReadUInt64LittleEndian(fadt.Slice(ResetRegisterOffset + 4));
        if (port is > 0 and < 0x10000)
        {
            PortIo.Out8((ushort)port, fadt[ResetValueOffset]);
        }
    }

    /// <summary>Enters S5: SLP_TYP and SLP_EN into the PM1 control registers.</summary>
    internal static void SwitchOff()
    {
        Span<byte> fadt = stackalloc byte[FadtBytes];
        if (!TryReadFadt(fadt))
        {
            return;
        }
        ulong dsdt = BinaryPrimitives.ReadUInt64LittleEndian(fadt.Slice(ExtendedDsdtOffset));
        if (dsdt == 0)
        {
            dsdt = BinaryPrimitives.ReadUInt32LittleEndian(fadt.Slice(DsdtOffset));
        }
        if (!TryFindSleepTypes(dsdt, out byte typeA, out byte typeB))
        {
            return;
        }
        WriteControl(BinaryPrimitives.ReadUInt32LittleEndian(fadt.Slice(Pm1aControlOffset)), typeA);
        WriteControl(BinaryPrimitives.ReadUInt32LittleEndian(fadt.Slice(Pm1bControlOffset)), typeB);
    }

    private static bool TryReadFadt(Span<byte> fadt)
    {
        fadt.Clear();
        return AcpiTables.TryFind("FACP"u8, out ulong address, out uint length)
            && default(OldMemory).Read(address, fadt.Slice(0, (int)Math.Min(length, FadtBytes))) == Status.Ok;
    }

    private static void WriteControl(uint port, byte sleepType)
    {
        if (port is > 0 and < 0x10000)
        {
            int value = PortIo.In16((ushort)port) & ~0x3C00;
            PortIo.Out16((ushort)port, (ushort)(value | (sleepType << 10) | 0x2000));
        }
    }

    /// <summary>
    /// The first two elements of the package named _S5_ (ACPI 6.5, 7.4.2.6), found by its name in the DSDT's byte code
    /// (20.2.5): NameOp, "_S5_", PackageOp, length, count, elements.
    /// </summary>
    private static bool TryFindSleepTypes(ulong dsdt, out byte typeA, out byte typeB)
    {
        typeA = 0;
        typeB = 0;
        OldMemory memory = default;
        Span<byte> header = stackalloc byte[8];
        if (dsdt == 0 || memory.Read(dsdt, header) != Status.Ok || !((ReadOnlySpan<byte>)header).StartsWith("DSDT"u8))
        {
            return false;
        }
        uint length = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(header.Slice(4)), MaximumDsdtBytes);
        Span<byte> window = stackalloc byte[512];
        for (uint at = 36; at + 20 < length; at += 480)
        {
            Span<byte> piece = window.Slice(0, (int)Math.Min(512, length - at));
            if (memory.Read(dsdt + at, piece) != Status.Ok)
            {
                return false;
            }
            int name = ((ReadOnlySpan<byte>)piece).IndexOf("_S5_"u8);
            if (name >= 0 && name + 20 <= piece.Length && piece[name + 4] == 0x12)
            {
                int element = name + 5 + (piece[name + 5] >> 6) + 2;
                typeA = TakeInteger(piece, ref element);
                typeB = TakeInteger(piece, ref element);
                return true;
            }
        }
        return false;
    }

    /// <summary>BytePrefix (0AH) and a byte, or ZeroOp or OneOp.</summary>
    private static byte TakeInteger(ReadOnlySpan<byte> code, ref int at)
    {
        if (code[at] == 0x0A)
        {
            at++;
        }
        return (byte)(code[at++] & 7);
    }
}
