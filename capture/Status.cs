namespace CosmosKdump.Capture;

/// <summary>
/// Every error of the capture side as a stable number. A number never changes its meaning; new ones are added at the
/// end of their group. Texts: <see cref="StatusText"/>.
/// </summary>
public enum Status : ushort
{
    /// <summary>No error.</summary>
    Ok = 0,

    // 1xx: input (command line, elfcorehdr, notes, VMCOREINFO)
    /// <summary>The command line has no <c>elfcorehdr=</c>.</summary>
    NoElfCoreHeader = 100,
    /// <summary>A value on the command line cannot be parsed.</summary>
    BadOptionValue = 101,
    /// <summary>The bytes at <c>elfcorehdr=</c> are not an ELF core header.</summary>
    NotAnElfCore = 102,
    /// <summary>The ELF core header is cut short or its tables lie outside it.</summary>
    ElfHeaderTruncated = 103,
    /// <summary>The ELF header has fields that cannot be true (sizes of entries, counts, machine).</summary>
    ElfHeaderMalformed = 104,
    /// <summary>The ELF core header describes no memory at all.</summary>
    NoSegments = 105,
    /// <summary>A segment's address and length cannot be true (they wrap, or exceed the 52-bit physical space).</summary>
    SegmentAbsurd = 106,
    /// <summary>Two segments describe the same memory.</summary>
    SegmentsOverlap = 107,
    /// <summary>A note is cut short or its lengths exceed its segment.</summary>
    NoteMalformed = 108,
    /// <summary>There is no VMCOREINFO note.</summary>
    NoVmcoreInfo = 109,
    /// <summary>A key is missing from VMCOREINFO, or its value cannot be parsed.</summary>
    VmcoreInfoIncomplete = 110,
    /// <summary>More entries than the limit allows (<see cref="Limits"/>).</summary>
    TooManyEntries = 111,
    /// <summary>The command line has a <c>kdump.</c> option that does not exist.</summary>
    UnknownOption = 112,
    /// <summary>A segment does not begin at a page boundary; the dump holds its whole pages.</summary>
    SegmentUnaligned = 113,
    /// <summary>Segments are not in the order of their addresses; the dump keeps their order.</summary>
    SegmentsUnordered = 114,
    /// <summary>A baud rate that no serial line has.</summary>
    BadBaudRate = 115,
    /// <summary>The command line asks for what this build does not do.</summary>
    NotInBuild = 116,

    // 2xx: memory
    /// <summary>Memory could not be read (fault or machine check); the bytes read as zero.</summary>
    MemoryUnreadable = 200,
    /// <summary>An address lies outside what the machine can address.</summary>
    AddressOutOfRange = 201,
    /// <summary>A static buffer is too small for the request.</summary>
    BufferTooSmall = 202,
    /// <summary>A virtual address of the crashed kernel is not in its page tables.</summary>
    AddressNotMapped = 203,
    /// <summary>The crashed kernel has no page struct for a page.</summary>
    NoPageStruct = 204,
    /// <summary>The crashed kernel's page structs cannot be true.</summary>
    PageStructsAbsurd = 205,
    /// <summary>The crashed kernel's memory is encrypted: a dump would hold ciphertext.</summary>
    MemoryEncrypted = 206,

    // 3xx: dump area
    /// <summary>The disk carries no label: it was not prepared.</summary>
    NoLabel = 300,
    /// <summary>The label's checksum is wrong.</summary>
    LabelCorrupt = 301,
    /// <summary>The label belongs to a dump area with another UUID.</summary>
    LabelOtherUuid = 302,
    /// <summary>The area holds an earlier dump that was not saved yet.</summary>
    DumpNotSaved = 303,
    /// <summary>The dump does not fit into the area.</summary>
    AreaTooSmall = 304,
    /// <summary>The label's version is not known.</summary>
    LabelVersion = 305,
    /// <summary>The label names another size than the disk has: the disk or area was resized.</summary>
    LabelWrongSize = 306,
    /// <summary>The disk's partition table cannot be true, or its checksum is wrong.</summary>
    PartitionsMalformed = 307,
    /// <summary>The label is good, but the start of the area holds what no dump area holds: it is in other use.</summary>
    AreaInUse = 308,
    /// <summary>The extent map that was loaded with the capture kernel cannot be true, or its checksum is wrong.</summary>
    MapMalformed = 309,
    /// <summary>The file is not where the extent map says: it was moved, or what lay around it was.</summary>
    MapStale = 310,
    /// <summary>The extent map belongs to another disk.</summary>
    MapOtherDisk = 311,

    // 4xx: devices
    /// <summary>No usable device of this kind was found.</summary>
    NoDevice = 400,
    /// <summary>The device did not answer before its deadline.</summary>
    DeviceTimeout = 401,
    /// <summary>The device reported a fatal error of its own.</summary>
    DeviceFailed = 402,
    /// <summary>The device failed a request.</summary>
    RequestFailed = 403,
    /// <summary>The medium is write-protected.</summary>
    WriteProtected = 404,
    /// <summary>The device lacks a feature that the driver needs.</summary>
    DeviceUnsupported = 405,
    /// <summary>The device vanished (its registers read as all ones).</summary>
    DeviceGone = 406,
    /// <summary>A request reaches past the end of the medium.</summary>
    OutOfMedium = 407,
    /// <summary>An ACPI table has a wrong checksum, or lengths that cannot be true.</summary>
    AcpiTableBad = 408,
    /// <summary>An IOMMU cannot be switched off: devices may not reach memory.</summary>
    IommuStuck = 409,

    // 5xx: pipeline and stream
    /// <summary>Every target of the list failed.</summary>
    NoTargetWorked = 500,
    /// <summary>The dump is incomplete: some pages could not be written.</summary>
    PagesLost = 501,
    /// <summary>A processor exception ended the step.</summary>
    StepFaulted = 502,
    /// <summary>An unknown target name.</summary>
    UnknownTarget = 503,
    /// <summary>A compressor does not work in its working memory; pages are stored as they are.</summary>
    CompressorFailed = 504,
    /// <summary>The target is full: the dump holds what matters most, and is marked incomplete.</summary>
    DumpCut = 505,
    /// <summary>A frame's checksum or structure is wrong.</summary>
    FrameCorrupt = 510,
    /// <summary>The receiver did not confirm the dump.</summary>
    NotConfirmed = 511,
    /// <summary>The channel does not take bytes any more.</summary>
    ChannelStuck = 512,
    /// <summary>A received or flattened dump without its end: how much follows is not known.</summary>
    EndMissing = 513,

    // 6xx: network
    /// <summary>The network card has no carrier: no cable, or nobody at its other end.</summary>
    NoCarrier = 600,
    /// <summary>No DHCP server gave an address.</summary>
    NoAddress = 601,
    /// <summary>The server is in another network, and there is no gateway.</summary>
    NoRoute = 602,
    /// <summary>The server, or the gateway to it, does not answer ARP.</summary>
    NextHopSilent = 603,
    /// <summary>The server does not listen on this port.</summary>
    ConnectionRefused = 604,
    /// <summary>The server does not answer, or stopped to.</summary>
    ConnectionTimeout = 605,
    /// <summary>The server broke the connection off.</summary>
    ConnectionReset = 606,
    /// <summary>The server closed the connection before the end.</summary>
    ConnectionClosed = 607,
    /// <summary>The HTTP server refused the dump.</summary>
    HttpRefused = 608,
    /// <summary>What the server said cannot be understood.</summary>
    AnswerMalformed = 609,
}
