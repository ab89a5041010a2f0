using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>What Identify Controller tells (NVMe base 2.0c, figure 275).</summary>
internal readonly struct NvmeControllerFacts
{
    private const int ModelOffset = 24;
    private const int ModelBytes = 40;
    private const int MaxTransferOffset = 77;
    private const int TypeOffset = 111;
    private const int SubmissionSizeOffset = 512;
    private const int CompletionSizeOffset = 513;
    private const int NamespaceCountOffset = 516;
    private const int WriteCacheOffset = 525;
    private const int TypeReported = 0;
    private const int TypeIo = 1;

    private NvmeControllerFacts(uint namespaceCount, ulong maxTransferBytes, bool hasWriteCache)
    {
        NamespaceCount = namespaceCount;
        MaxTransferBytes = maxTransferBytes;
        HasWriteCache = hasWriteCache;
    }

    /// <summary>NN: highest namespace ID.</summary>
    public uint NamespaceCount { get; }

    /// <summary>MDTS: largest transfer, bytes.</summary>
    public ulong MaxTransferBytes { get; }

    /// <summary>VWC: writes may be volatile until a flush.</summary>
    public bool HasWriteCache { get; }

    /// <summary>
    /// Reads the 4096 bytes of the answer. <see cref="Status.DeviceUnsupported"/>: an administrative or discovery
    /// controller, or queue entries of another size.
    /// </summary>
    public static Status Parse(ReadOnlySpan<byte> answer, int minPageShift, out NvmeControllerFacts facts)
    {
        int maxTransferShift = answer[MaxTransferOffset];
        // Zero is no limit; so is a shift past what a PRP list here describes.
        ulong maxTransferBytes = maxTransferShift == 0 || maxTransferShift + minPageShift >= 40
            ? ulong.MaxValue
            : 1UL << (maxTransferShift + minPageShift);
        facts = new NvmeControllerFacts(
            BinaryPrimitives.ReadUInt32LittleEndian(answer.Slice(NamespaceCountOffset, 4)),
            maxTransferBytes,
            (answer[WriteCacheOffset] & 1) != 0);
        bool isIo = answer[TypeOffset] is TypeReported or TypeIo;
        bool hasEntrySizes = (answer[SubmissionSizeOffset] & 0xF) <= 6 && (answer[CompletionSizeOffset] & 0xF) <= 4;
        return isIo && hasEntrySizes ? Status.Ok : Status.DeviceUnsupported;
    }

    /// <summary>The model number in an answer, without the padding.</summary>
    public static ReadOnlySpan<byte> Model(ReadOnlySpan<byte> answer) => Trim(answer.Slice(ModelOffset, ModelBytes));

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        int end = text.Length;
        while (end > 0 && text[end - 1] is (byte)' ' or 0)
        {
            end--;
        }
        return text.Slice(0, end);
    }
}
