using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>What Identify Namespace tells (NVM command set 1.0c, figure 97).</summary>
internal readonly struct NvmeNamespaceFacts
{
    private const int SizeOffset = 0;
    private const int FormatCountOffset = 25;
    private const int FormatOffset = 26;
    private const int AttributesOffset = 99;
    private const int FirstFormatOffset = 128;

    private NvmeNamespaceFacts(uint blockBytes, ulong blockCount, bool isReadOnly)
    {
        BlockBytes = blockBytes;
        BlockCount = blockCount;
        IsReadOnly = isReadOnly;
    }

    /// <summary>Bytes of a logical block.</summary>
    public uint BlockBytes { get; }

    /// <summary>NSZE: logical blocks.</summary>
    public ulong BlockCount { get; }

    /// <summary>NSATTR bit 0: write-protected.</summary>
    public bool IsReadOnly { get; }

    /// <summary>
    /// Reads the 4096 bytes of the answer. <see cref="Status.NoDevice"/>: the namespace is not active;
    /// <see cref="Status.DeviceUnsupported"/>: blocks with metadata, or neither of 512 nor of 4096 bytes.
    /// </summary>
    public static Status Parse(ReadOnlySpan<byte> answer, out NvmeNamespaceFacts facts)
    {
        facts = default;
        ulong blockCount = BinaryPrimitives.ReadUInt64LittleEndian(answer.Slice(SizeOffset, 8));
        if (blockCount == 0)
        {
            return Status.NoDevice;
        }
        int selected = answer[FormatOffset];
        int format = selected & 0xF;
        // Bits 6:5 extend the index only where there are more than 16 formats (NLBAF counts from zero).
        if (answer[FormatCountOffset] >= 16)
        {
            format |= selected >> 1 & 0x30;
        }
        uint description = BinaryPrimitives.ReadUInt32LittleEndian(answer.Slice(FirstFormatOffset + (format * 4), 4));
        uint metadataBytes = description & 0xFFFF;
        uint blockShift = description >> 16 & 0xFF;
        if (metadataBytes != 0 || blockShift is not (9 or 12))
        {
            return Status.DeviceUnsupported;
        }
        facts = new NvmeNamespaceFacts(1u << (int)blockShift, blockCount, (answer[AttributesOffset] & 1) != 0);
        return Status.Ok;
    }
}
