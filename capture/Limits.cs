namespace CosmosKdump.Capture;

/// <summary>Every maximum of the capture side in one place. All static buffers follow from these.</summary>
public static class Limits
{
    /// <summary>Page size of the dump, bytes.</summary>
    public const int PageBytes = 4096;

    /// <summary>Physical address width of x86-64, bits (Intel SDM vol. 3, 4.1.4).</summary>
    public const int PhysicalAddressBits = 52;

    /// <summary>One past the highest physical address.</summary>
    public const ulong PhysicalEnd = 1UL << PhysicalAddressBits;

    /// <summary>End of conventional low memory, which the boot path may touch: 640 KiB.</summary>
    public const int LowMemoryBytes = 640 * 1024;

    /// <summary>Longest kernel command line that is read, bytes (Linux's COMMAND_LINE_SIZE on x86 is 2048).</summary>
    public const int CommandLineBytes = 4096;

    /// <summary>Most program headers of an elfcorehdr that are walked (the ELF extension allows 2^32 - 1).</summary>
    public const int ProgramHeaders = 1 << 20;

    /// <summary>Most disjoint physical ranges in the range table.</summary>
    public const int Ranges = 2048;

    /// <summary>Most notes walked in one PT_NOTE.</summary>
    public const int NotesPerSegment = 4096;

    /// <summary>
    /// Longest PT_NOTE that is trusted, bytes. Of a CPU or of VMCOREINFO it is a page, but drivers leave dumps of their
    /// devices as notes of tens of megabytes (NT_VMCOREDD, Linux commit 7efe48df8a3d), which conversions find.
    /// </summary>
    public const int NoteSegmentBytes = 48 << 20;

    /// <summary>Longest VMCOREINFO text that is kept, bytes (Linux: one page).</summary>
    public const int VmcoreInfoBytes = 8192;

    /// <summary>Staging buffer for headers and notes, bytes.</summary>
    public const int StagingBytes = 64 * 1024;

    /// <summary>Most targets in <c>kdump.target=</c>.</summary>
    public const int Targets = 8;

    /// <summary>Most writes that a block device has in flight or hands out as failed at a time.</summary>
    public const int WritesInFlight = 256;

    /// <summary>Most resets of a block device during one dump, before it counts as lost.</summary>
    public const int DeviceRecoveries = 16;

    /// <summary>Resets of a block device without a good request between them, before it counts as lost.</summary>
    public const int ResetsInRow = 2;

    /// <summary>How often a page is written before it counts as lost.</summary>
    public const int PageAttempts = 3;

    /// <summary>
    /// Failed attempts in a row at the parts of one request, before its repair goes on from the request's other end, and
    /// after as many again, before what is left of it counts as lost.
    /// </summary>
    public const int RepairFailures = 64;

    /// <summary>The same for a request that follows one that was lost whole.</summary>
    public const int RepairFailuresInBadRange = 16;

    /// <summary>Longest repair of one request, microseconds; what is left of it then counts as lost.</summary>
    public const ulong RequestRepairMicroseconds = 10_000_000;

    /// <summary>Longest repairs of one dump together, microseconds; after that failed requests count as lost.</summary>
    public const ulong RepairMicroseconds = 120_000_000;

    /// <summary>Requests lost whole without a good one between them, before a block device counts as lost.</summary>
    public const int RequestsLostInRow = 64;

    /// <summary>The same when <see cref="LostMicroseconds"/> have passed since the first of them.</summary>
    public const int RequestsLostAtLeast = 4;

    /// <summary>How long requests may be lost whole without a good one between them, microseconds.</summary>
    public const ulong LostMicroseconds = 60_000_000;

    /// <summary>Most CPUs that compress, the one that captures included (FURTHER_CPUS in kernel/Boot/layout.inc).</summary>
    public const int Cpus = 4;

    /// <summary>Most batches of pages that are compressed or wait to be taken: one more than CPUs.</summary>
    public const int BatchSlots = Cpus + 1;

    /// <summary>Most partitions of a disk that are looked at.</summary>
    public const int Partitions = 128;

    /// <summary>Most extents of a file that is a dump area.</summary>
    public const int MapExtents = 1000;

    /// <summary>Longest GPT entry array whose checksum is computed, bytes (UEFI asks for at least 16 KiB).</summary>
    public const int PartitionArrayBytes = 128 * 1024;

    /// <summary>Most consoles in <c>kdump.console=</c>.</summary>
    public const int Consoles = 4;

    /// <summary>Most bytes of all notes together (8192 CPUs need about 3 MiB).</summary>
    public const ulong AllNotesBytes = 64 << 20;

    /// <summary>Largest piece of a segment that a sink is given at a time, bytes.</summary>
    public const ulong ChunkBytes = 64 << 20;

    /// <summary>Most lines of one kind in the report; the rest is only counted.</summary>
    public const int ReportLines = 8;

    /// <summary>Bytes on a serial line after which the sender asks for confirmation.</summary>
    public const int StreamWindowBytes = 256 * 1024;

    /// <summary>Chunks of memory that may wait for confirmation on a serial line.</summary>
    public const int StreamWindowChunks = 64;

    /// <summary>How long a serial line may take no bytes, beyond the channel's own deadline, microseconds.</summary>
    public const ulong StreamStuckMicroseconds = 30_000_000;

    /// <summary>How often a dump is announced on a serial line while nobody answers.</summary>
    public const int StreamBeginAttempts = 3;

    /// <summary>Wait for an answer while nobody has answered yet, microseconds.</summary>
    public const ulong StreamBeginMicroseconds = 400_000;

    /// <summary>How often a receiver that has answered before is asked.</summary>
    public const int StreamQuestionAttempts = 5;

    /// <summary>Wait for a receiver that has answered before, microseconds.</summary>
    public const ulong StreamAnswerMicroseconds = 3_000_000;

    /// <summary>Most rounds of repeating one window that bring nothing.</summary>
    public const int StreamRepeatRounds = 64;

    /// <summary>Without a receiver, the part of the sending time that is spent listening: 1/n.</summary>
    public const ulong StreamListenShare = 32;

    /// <summary>Longest such listening, microseconds.</summary>
    public const ulong StreamListenMicroseconds = 200_000;

    /// <summary>Most network cards that are tried for one target.</summary>
    public const int NetworkCards = 8;

    /// <summary>How long a card may take to find a carrier, microseconds.</summary>
    public const ulong CarrierMicroseconds = 6_000_000;

    /// <summary>How long a DHCP server may take altogether, microseconds.</summary>
    public const ulong DhcpMicroseconds = 20_000_000;

    /// <summary>Wait for the first answer of a DHCP server, microseconds; doubled each time.</summary>
    public const ulong DhcpFirstMicroseconds = 500_000;

    /// <summary>Longest such wait, microseconds.</summary>
    public const ulong DhcpLongestMicroseconds = 4_000_000;

    /// <summary>How often an offered address is asked for.</summary>
    public const int DhcpRequests = 4;

    /// <summary>How long a server may take to be found and to accept a connection, microseconds.</summary>
    public const ulong TcpConnectMicroseconds = 10_000_000;

    /// <summary>Retransmission timeout while no round trip was measured, microseconds (RFC 6298, 2.1).</summary>
    public const ulong TcpFirstTimeoutMicroseconds = 1_000_000;

    /// <summary>Least retransmission timeout, microseconds; receivers may wait so long before they answer.</summary>
    public const ulong TcpLeastTimeoutMicroseconds = 200_000;

    /// <summary>Longest retransmission timeout, microseconds: less than the silence that ends a connection.</summary>
    public const ulong TcpMostTimeoutMicroseconds = 4_000_000;

    /// <summary>Least time before the last segment is sent again to see whether it was lost, microseconds.</summary>
    public const ulong TcpProbeMicroseconds = 10_000;

    /// <summary>Most bytes under way.</summary>
    public const ulong TcpMostWindowBytes = 4 << 20;

    /// <summary>
    /// How long a peer may say nothing while data waits, microseconds: less than the period that Linux's drivers give
    /// watchdogs (30 s), so that the next target has its turn.
    /// </summary>
    public const ulong TcpSilenceMicroseconds = 20_000_000;

    /// <summary>How long a peer may take nothing although it answers, microseconds: its disk may be slow.</summary>
    public const ulong TcpStallMicroseconds = 120_000_000;

    /// <summary>Longer pauses between two looks at a connection are not the peer's, microseconds.</summary>
    public const ulong TcpPauseMicroseconds = 500_000;

    /// <summary>How long a card may keep frames that are not waited for any more, microseconds.</summary>
    public const ulong CardMicroseconds = 5_000_000;

    /// <summary>How often the end of a connection is told.</summary>
    public const int TcpCloseAttempts = 4;

    /// <summary>Wait for the peer to take note of the end, each time, microseconds.</summary>
    public const ulong TcpCloseMicroseconds = 250_000;

    /// <summary>How long a receiver may take to say that a dump is on its disk, microseconds.</summary>
    public const ulong ConfirmMicroseconds = 60_000_000;
}
