using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>What IDENTIFY DEVICE tells of a disk (ACS-3, 7.13.7). All words are little-endian.</summary>
internal readonly struct AtaFacts
{
    private const int ConfigurationWord = 2;
    private const int ModelWord = 27;
    private const int CapabilitiesWord = 49;
    private const int QueueDepthWord = 75;
    private const int SataWord = 76;
    private const int SupportedWord = 83;
    private const int EnabledWord = 85;
    private const int EnabledValidWord = 87;
    private const int BlocksWord = 100;
    private const int SectorSizeWord = 106;
    private const int SectorWordsWord = 117;
    private const int SpinUpIncomplete = 0x37C8;
    private const int SpinUpComplete = 0x738C;

    private AtaFacts(ulong blockCount, uint blockBytes, int queueDepth, bool hasWriteCache)
    {
        BlockCount = blockCount;
        BlockBytes = blockBytes;
        QueueDepth = queueDepth;
        HasWriteCache = hasWriteCache;
    }

    /// <summary>Bytes of a model number.</summary>
    public const int ModelBytes = 40;

    /// <summary>Logical blocks.</summary>
    public ulong BlockCount { get; }

    /// <summary>Bytes of a logical block, 512 or 4096.</summary>
    public uint BlockBytes { get; }

    /// <summary>Commands that the device queues, 1 to 32; 0: it has no queue.</summary>
    public int QueueDepth { get; }

    /// <summary>Writes may be volatile until a flush.</summary>
    public bool HasWriteCache { get; }

    /// <summary>
    /// Reads the 512 bytes of the answer. <see cref="Status.DeviceUnsupported"/>: no DMA, no 48-bit addresses, or blocks
    /// of another size than 512 and 4096 bytes.
    /// </summary>
    public static Status Parse(ReadOnlySpan<byte> answer, out AtaFacts facts)
    {
        // Bits 15 and 14 of some words are 01b where the word is valid.
        int sectors = Word(answer, SectorSizeWord);
        bool isLong = (sectors & 0xD000) == 0x5000;
        uint blockBytes = isLong ? Double(answer, SectorWordsWord) * 2 : 512;
        int sata = Word(answer, SataWord);
        bool isQueued = sata is not (0 or 0xFFFF) && (sata & (1 << 8)) != 0;
        bool cacheIsKnown = (Word(answer, EnabledValidWord) & 0xC000) == 0x4000;
        facts = new AtaFacts(
            ((ulong)Double(answer, BlocksWord + 2) << 32) | Double(answer, BlocksWord),
            blockBytes,
            isQueued ? (Word(answer, QueueDepthWord) & 0x1F) + 1 : 0,
            !cacheIsKnown || (Word(answer, EnabledWord) & (1 << 5)) != 0);
        bool hasDma = (Word(answer, CapabilitiesWord) & (1 << 8)) != 0;
        bool has48Bits = (Word(answer, SupportedWord) & 0xC400) == 0x4400;
        bool hasPlace = facts.BlockCount is > 0 and <= 1UL << 48;
        return hasDma && has48Bits && hasPlace && blockBytes is 512 or 4096 ? Status.Ok : Status.DeviceUnsupported;
    }

    /// <summary>The device waits to be told to spin up, and knows little of itself before (7.13.7.4).</summary>
    public static bool WaitsForSpinUp(ReadOnlySpan<byte> answer) =>
        Word(answer, ConfigurationWord) is SpinUpIncomplete or SpinUpComplete;

    /// <summary>The model number, whose bytes are swapped in each word: its length without the padding.</summary>
    public static int ReadModel(ReadOnlySpan<byte> answer, Span<byte> model)
    {
        int end = 0;
        for (int i = 0; i < ModelBytes; i++)
        {
            model[i] = answer[(ModelWord * 2) + (i ^ 1)];
            end = model[i] is (byte)' ' or 0 ? end : i + 1;
        }
        return end;
    }

    private static int Word(ReadOnlySpan<byte> answer, int index) =>
        BinaryPrimitives.ReadUInt16LittleEndian(answer.Slice(index * 2, 2));

    private static uint Double(ReadOnlySpan<byte> answer, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(answer.Slice(index * 2, 4));
}
