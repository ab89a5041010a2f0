using System;

namespace CosmosKdump.Capture;

/// <summary>Reads physical memory of the crashed machine.</summary>
public interface IPhysicalMemory
{
    /// <summary>One past the highest physical address of this machine, at most <see cref="Limits.PhysicalEnd"/>.</summary>
    ulong PhysicalEnd { get; }

    /// <summary>
    /// Copies <paramref name="destination"/>.Length bytes from physical <paramref name="address"/>. Bytes that cannot
    /// be read come as zeros, and the result is <see cref="Status.MemoryUnreadable"/>.
    /// </summary>
    Status Read(ulong address, Span<byte> destination);
}

/// <summary>The crashed kernel's memory by its virtual addresses.</summary>
public interface IVirtualMemory
{
    /// <summary>Reads bytes. What cannot be read comes as zeros, and the result is why.</summary>
    Status Read(ulong address, scoped Span<byte> destination);
}

/// <summary>A monotonic, calibrated clock.</summary>
public interface IClock
{
    /// <summary>Microseconds since an arbitrary start.</summary>
    ulong Microseconds { get; }
}

/// <summary>Where progress and errors are told, a line at a time.</summary>
public interface IConsole
{
    /// <summary>Writes ASCII text as it is; a line ends with <c>\n</c>.</summary>
    void Write(ReadOnlySpan<byte> text);
}

/// <summary>A buffer of ours that devices can reach.</summary>
public readonly ref struct DmaBuffer(Span<byte> bytes, ulong address)
{
    /// <summary>The buffer.</summary>
    public Span<byte> Bytes { get; } = bytes;

    /// <summary>Physical address of its first byte.</summary>
    public ulong Address { get; } = address;
}

/// <summary>
/// One piece of the dump: what the pipeline passes to a sink instead of bytes. Position, address and length are multiples
/// of the page size, but for a sink that cannot read back.
/// </summary>
public readonly struct DumpChunk(ulong positionBytes, ulong address, ulong lengthBytes)
{
    /// <summary>Position in the dump.</summary>
    public ulong PositionBytes { get; } = positionBytes;

    /// <summary>Physical address of the source.</summary>
    public ulong Address { get; } = address;

    /// <summary>Length, not zero.</summary>
    public ulong LengthBytes { get; } = lengthBytes;
}

/// <summary>Takes a dump. Implementations turn chunks into device requests, many in flight at a time.</summary>
public interface IDumpSink
{
    /// <summary>Opens the sink for a dump of the given facts. Nothing was written before.</summary>
    Status Begin(in DumpFacts facts);

    /// <summary>
    /// Queues a chunk; may return before the device is done. The source must stay unchanged until
    /// <see cref="Drain"/>. Pages that cannot be written are counted in <see cref="PagesLost"/>; a status other than
    /// <see cref="Status.Ok"/> means that the sink takes no more.
    /// </summary>
    Status Submit(in DumpChunk chunk);

    /// <summary>Waits until everything queued is done; after it, buffers may be used again.</summary>
    Status Drain();

    /// <summary>
    /// Makes the dump durable and marks it complete, or incomplete when pages were lost. <paramref name="facts"/>: the
    /// dump as it came out.
    /// </summary>
    Status Finish(Status outcome, in DumpFacts facts);

    /// <summary>Longest dump that the sink takes, bytes; known once the sink is opened.</summary>
    ulong CapacityBytes { get; }

    /// <summary>
    /// What was written can be read and written again, in whole pages. Otherwise each byte of the dump is submitted
    /// once, in chunks of any position and length.
    /// </summary>
    bool CanReadBack { get; }

    /// <summary>
    /// Waits for everything queued, then reads pages of the dump back. Position, address and length are multiples of
    /// the page size.
    /// </summary>
    Status ReadBack(in DumpChunk chunk);

    /// <summary>Pages that could not be written so far.</summary>
    ulong PagesLost { get; }

    /// <summary>Pages written so far.</summary>
    ulong PagesWritten { get; }
}

/// <summary>What a sink is told of the dump before its first byte.</summary>
public readonly struct DumpFacts(
    ulong lengthBytes,
    ulong crashTimeSeconds,
    DumpFormat format,
    byte dumpLevel,
    ulong headerBytes = 0,
    uint headerChecksum = 0,
    ulong pagesMissing = 0)
{
    /// <summary>Length of the whole dump, bytes, a multiple of the page size.</summary>
    public ulong LengthBytes { get; } = lengthBytes;

    /// <summary>Crash time, seconds since 1970 (VMCOREINFO's CRASHTIME), 0 if unknown.</summary>
    public ulong CrashTimeSeconds { get; } = crashTimeSeconds;

    /// <summary>Format of the dump.</summary>
    public DumpFormat Format { get; } = format;

    /// <summary>Dump level, 0 to 31.</summary>
    public byte DumpLevel { get; } = dumpLevel;

    /// <summary>
    /// Bytes before the first segment, whole pages: headers and notes; 0 if <see cref="HeaderChecksum"/> is not known.
    /// </summary>
    public ulong HeaderBytes { get; } = headerBytes;

    /// <summary>CRC-32C of the first <see cref="HeaderBytes"/>.</summary>
    public uint HeaderChecksum { get; } = headerChecksum;

    /// <summary>
    /// Pages of memory that the dump should hold and does not, though the sink wrote whatever it was given: they could
    /// not be read, or what the sink had of them could not be read back. Known when the dump ends.
    /// </summary>
    public ulong PagesMissing { get; } = pagesMissing;

    /// <summary>The same facts with a checksum of the headers and notes.</summary>
    public DumpFacts WithHeader(ulong bytes, uint checksum) =>
        new(LengthBytes, CrashTimeSeconds, Format, DumpLevel, bytes, checksum, PagesMissing);
}

/// <summary>Format of a dump (stored in labels: values never change).</summary>
public enum DumpFormat : byte
{
    /// <summary>No dump yet.</summary>
    None = 0,
    /// <summary>ELF, laid out like /proc/vmcore.</summary>
    Elf = 1,
    /// <summary>kdump-compressed.</summary>
    Kdump = 2,
}

/// <summary>One write to a block device.</summary>
public readonly struct BlockWrite(ulong block, ulong address, uint blockCount)
{
    /// <summary>First block on the medium.</summary>
    public ulong Block { get; } = block;

    /// <summary>Physical address of the data, 4096-byte aligned.</summary>
    public ulong Address { get; } = address;

    /// <summary>Blocks to write, 1 to <see cref="IBlockDevice.MaxBlocksPerRequest"/>.</summary>
    public uint BlockCount { get; } = blockCount;
}

/// <summary>A polled block device with many requests in flight.</summary>
public interface IBlockDevice
{
    /// <summary>Bytes of a logical block: 512 or 4096.</summary>
    uint BlockBytes { get; }

    /// <summary>Blocks of the medium.</summary>
    ulong BlockCount { get; }

    /// <summary>Largest request, blocks.</summary>
    uint MaxBlocksPerRequest { get; }

    /// <summary>The medium refuses writes.</summary>
    bool IsReadOnly { get; }

    /// <summary>Reads blocks and waits for them. <paramref name="address"/> is 4096-byte aligned.</summary>
    Status Read(ulong block, ulong address, uint blockCount);

    /// <summary>
    /// Queues a write; waits for a free slot if there is none. <see cref="Status.Ok"/>: queued. A request that the
    /// device fails later is handed out by <see cref="TryTakeFailure"/>.
    /// </summary>
    Status Submit(in BlockWrite write);

    /// <summary>Waits until nothing is in flight, each wait with a deadline.</summary>
    Status Drain();

    /// <summary>Makes all completed writes durable. Call after <see cref="Drain"/>.</summary>
    Status Flush();

    /// <summary>Takes the oldest write that the device failed, with its reason.</summary>
    bool TryTakeFailure(out BlockWrite write, out Status why);

    /// <summary>
    /// After <see cref="Status.DeviceTimeout"/> or <see cref="Status.DeviceFailed"/>: resets the device. What was in
    /// flight is handed out by <see cref="TryTakeFailure"/>.
    /// </summary>
    Status Recover();
}

/// <summary>A byte stream to a receiver, such as a serial line.</summary>
public interface IByteChannel
{
    /// <summary>Sends all bytes, or <see cref="Status.ChannelStuck"/> after the channel's deadline.</summary>
    Status Write(ReadOnlySpan<byte> bytes);

    /// <summary>Takes what has arrived, without waiting; returns the number of bytes.</summary>
    int Read(Span<byte> destination);
}

/// <summary>Compresses single pages.</summary>
public interface IPageCodec
{
    /// <summary>
    /// Compresses a page. Returns the number of bytes, or 0 when they are more than the destination takes, or when the
    /// compressor fails: the page is then stored as it is.
    /// </summary>
    int Compress(ReadOnlySpan<byte> page, Span<byte> destination);
}

/// <summary>
/// Compresses batches of pages, several at a time where there are CPUs for it. A slot takes one batch: it is started,
/// then finished, then free again.
/// </summary>
public interface IPageCompressor
{
    /// <summary>Number of slots, at least 1.</summary>
    int Slots { get; }

    /// <summary>
    /// Starts on the pages at these physical addresses, at most <see cref="Encode.PageBatch.MaxPages"/>; pages of zeros
    /// are found also where <paramref name="compresses"/> is false. May return before it is done; with one CPU it may
    /// also do nothing before <see cref="Finish"/>.
    /// </summary>
    void Start(int slot, ReadOnlySpan<ulong> addresses, bool compresses);

    /// <summary>Waits for a started slot. The result stays valid until the slot is started again.</summary>
    Encode.CompressedBatch Finish(int slot);
}
