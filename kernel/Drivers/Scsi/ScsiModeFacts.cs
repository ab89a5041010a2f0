using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Scsi;

/// <summary>What MODE SENSE tells of a disk (SPC-4, 7.5.5; SBC-3, 6.5.5).</summary>
internal readonly struct ScsiModeFacts(bool isReadOnly, bool hasWriteCache)
{
    private const int LongHeaderBytes = 8;
    private const int ShortHeaderBytes = 4;
    private const byte WriteProtect = 1 << 7;
    private const byte PageCodeMask = 0x3F;
    private const byte CachingPage = 0x08;
    private const byte WriteCacheEnabled = 1 << 2;

    /// <summary>The medium refuses writes.</summary>
    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>Writes may be volatile until SYNCHRONIZE CACHE.</summary>
    public bool HasWriteCache { get; } = hasWriteCache;

    /// <summary>What holds of a disk that does not tell: it is flushed, and fails writes that it does not take.</summary>
    public static ScsiModeFacts Unknown => new(false, true);

    /// <summary>
    /// Reads the bytes that a unit gave of its answer to MODE SENSE (10) or (6) for the caching page;
    /// <see cref="Status.DeviceUnsupported"/> when the page is not in it.
    /// </summary>
    public static Status Parse(ReadOnlySpan<byte> answer, bool isLong, out ScsiModeFacts facts)
    {
        facts = Unknown;
        int header = isLong ? LongHeaderBytes : ShortHeaderBytes;
        if (answer.Length < header)
        {
            return Status.DeviceUnsupported;
        }
        int descriptors = isLong ? BinaryPrimitives.ReadUInt16BigEndian(answer.Slice(6, 2)) : answer[3];
        bool isReadOnly = (answer[isLong ? 3 : 2] & WriteProtect) != 0;
        int page = header + descriptors;
        if (answer.Length < page + 3 || (answer[page] & PageCodeMask) != CachingPage)
        {
            facts = new ScsiModeFacts(isReadOnly, true);
            return Status.DeviceUnsupported;
        }
        facts = new ScsiModeFacts(isReadOnly, (answer[page + 2] & WriteCacheEnabled) != 0);
        return Status.Ok;
    }
}
