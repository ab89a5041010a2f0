using System;
using System.Buffers.Binary;

namespace CosmosKdump.Kernel.Drivers.Scsi;

/// <summary>Writes command descriptor blocks (SPC-4, chapter 6; SBC-3, chapter 5) into cleared memory.</summary>
internal static class ScsiCommand
{
    /// <summary>Bytes of the longest command here.</summary>
    public const int Bytes = 16;

    /// <summary>Bytes of the answer to <see cref="Inquiry"/>: the standard data without what follows the names.</summary>
    public const int InquiryBytes = 36;

    /// <summary>Bytes of the answer to <see cref="BlockLimits"/>.</summary>
    public const int BlockLimitsBytes = 64;

    /// <summary>Bytes of the answer to <see cref="ReadCapacity16"/>.</summary>
    public const int Capacity16Bytes = 32;

    /// <summary>Bytes of the answer to <see cref="ReadCapacity10"/>.</summary>
    public const int Capacity10Bytes = 8;

    /// <summary>Bytes of the answer to a MODE SENSE: header, a block descriptor that was not asked for, the page.</summary>
    public const int ModeBytes = 64;

    /// <summary>Blocks that a command of 10 bytes reaches.</summary>
    public const ulong ShortBlocks = 1UL << 32;

    /// <summary>The Block Limits VPD page.</summary>
    public const byte BlockLimitsPage = 0xB0;

    private const byte OpcodeTestUnitReady = 0x00;
    private const byte OpcodeInquiry = 0x12;
    private const byte OpcodeModeSense6 = 0x1A;
    private const byte OpcodeStartStopUnit = 0x1B;
    private const byte OpcodeReadCapacity10 = 0x25;
    private const byte OpcodeRead10 = 0x28;
    private const byte OpcodeWrite10 = 0x2A;
    private const byte OpcodeSynchronizeCache10 = 0x35;
    private const byte OpcodeModeSense10 = 0x5A;
    private const byte OpcodeRead16 = 0x88;
    private const byte OpcodeWrite16 = 0x8A;
    private const byte OpcodeServiceActionIn16 = 0x9E;
    private const byte OpcodeReportLuns = 0xA0;

    private const byte EnableVitalProductData = 1;
    private const byte CachingPage = 0x08;
    private const byte DisableBlockDescriptors = 1 << 3;
    private const byte ServiceActionReadCapacity16 = 0x10;
    private const byte Start = 1;

    /// <summary>TEST UNIT READY.</summary>
    public static void TestUnitReady(Span<byte> block) => block[0] = OpcodeTestUnitReady;

    /// <summary>START STOP UNIT: spin up, and answer when done.</summary>
    public static void StartUnit(Span<byte> block)
    {
        block[0] = OpcodeStartStopUnit;
        block[4] = Start;
    }

    /// <summary>INQUIRY for the standard data.</summary>
    public static void Inquiry(Span<byte> block)
    {
        block[0] = OpcodeInquiry;
        block[4] = InquiryBytes;
    }

    /// <summary>INQUIRY for the Block Limits VPD page.</summary>
    public static void BlockLimits(Span<byte> block)
    {
        block[0] = OpcodeInquiry;
        block[1] = EnableVitalProductData;
        block[2] = BlockLimitsPage;
        block[4] = BlockLimitsBytes;
    }

    /// <summary>REPORT LUNS, without well-known ones.</summary>
    public static void ReportLuns(Span<byte> block, uint answerBytes)
    {
        block[0] = OpcodeReportLuns;
        BinaryPrimitives.WriteUInt32BigEndian(block.Slice(6, 4), answerBytes);
    }

    /// <summary>READ CAPACITY (16).</summary>
    public static void ReadCapacity16(Span<byte> block)
    {
        block[0] = OpcodeServiceActionIn16;
        block[1] = ServiceActionReadCapacity16;
        BinaryPrimitives.WriteUInt32BigEndian(block.Slice(10, 4), Capacity16Bytes);
    }

    /// <summary>READ CAPACITY (10).</summary>
    public static void ReadCapacity10(Span<byte> block) => block[0] = OpcodeReadCapacity10;

    /// <summary>MODE SENSE (10) or (6) for the current values of the caching page.</summary>
    public static void ModeSenseCaching(Span<byte> block, bool isLong)
    {
        block[0] = isLong ? OpcodeModeSense10 : OpcodeModeSense6;
        block[1] = DisableBlockDescriptors;
        block[2] = CachingPage;
        block[isLong ? 8 : 4] = ModeBytes;
    }

    /// <summary>READ or WRITE (16) or (10).</summary>
    public static void Transfer(Span<byte> block, bool isWrite, bool isLong, ulong first, uint count)
    {
        if (isLong)
        {
            block[0] = isWrite ? OpcodeWrite16 : OpcodeRead16;
            BinaryPrimitives.WriteUInt64BigEndian(block.Slice(2, 8), first);
            BinaryPrimitives.WriteUInt32BigEndian(block.Slice(10, 4), count);
            return;
        }
        block[0] = isWrite ? OpcodeWrite10 : OpcodeRead10;
        BinaryPrimitives.WriteUInt32BigEndian(block.Slice(2, 4), (uint)first);
        BinaryPrimitives.WriteUInt16BigEndian(block.Slice(7, 2), (ushort)count);
    }

    /// <summary>SYNCHRONIZE CACHE (10) of the whole medium: from block 0, a count of 0 means to its end.</summary>
    public static void SynchronizeCache(Span<byte> block) => block[0] = OpcodeSynchronizeCache10;
}
