using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Stacks;

/// <summary>
/// How to find the caller's frame from a range of code: struct orc_entry (Linux: arch/x86/include/asm/orc_types.h), by the
/// names of Linux 6.4.
/// </summary>
internal readonly struct OrcEntry(ReadOnlySpan<byte> bytes, bool hasNewTypes)
{
    /// <summary>Size of struct orc_entry.</summary>
    public const int Bytes = 6;

    public const int RegisterUndefined = 0;
    public const int RegisterPreviousSp = 1;
    public const int RegisterDx = 2;
    public const int RegisterDi = 3;
    public const int RegisterBp = 4;
    public const int RegisterSp = 5;
    public const int RegisterR10 = 6;
    public const int RegisterR13 = 7;
    public const int RegisterBpIndirect = 8;
    public const int RegisterSpIndirect = 9;

    public const int TypeUndefined = 0;
    public const int TypeEndOfStack = 1;
    public const int TypeCall = 2;
    public const int TypeRegisters = 3;
    public const int TypeRegistersPartial = 4;

    private readonly ushort _flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);

    public short SpOffset { get; } = (short)BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public short BpOffset { get; } = (short)BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);

    public int SpRegister => _flags & 0xF;

    public int BpRegister => (_flags >> 4) & 0xF;

    // Until Linux 6.3 the type had two bits, counted from the call, and the end was a bit of its own, behind the one for
    // signals where there is one (commits ffb1b4a41016 and fb799447ae29).
    public int Type => hasNewTypes ? RawType
        : SpRegister != RegisterUndefined ? (RawType & 3) + TypeCall
        : ((_flags >> 10) & 3) != 0 ? TypeEndOfStack
        : TypeUndefined;

    /// <summary>The three bits of the type, as they are.</summary>
    public int RawType => (_flags >> 8) & 7;
}
