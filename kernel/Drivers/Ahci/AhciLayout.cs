namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>
/// Where things lie in the driver's DMA memory. One port is in use at a time, so there is one set of everything.
/// </summary>
internal static class AhciLayout
{
    /// <summary>Slots of a command list.</summary>
    public const int MaxSlots = 32;

    /// <summary>Largest transfer, bytes.</summary>
    public const int MaxTransferBytes = 1 << 20;

    /// <summary>Command list, on a boundary of 1 KiB (AHCI 1.3.1, 4.2.2).</summary>
    public const int CommandList = 0;

    /// <summary>Bytes of a command header.</summary>
    public const int HeaderBytes = 32;

    /// <summary>Received FISes, on a boundary of 256 bytes (4.2.1).</summary>
    public const int ReceivedFis = CommandList + (MaxSlots * HeaderBytes);

    /// <summary>Where a device-to-host register FIS is received (4.2.1).</summary>
    public const int RegisterFis = ReceivedFis + 0x40;

    /// <summary>Where a set device bits FIS is received (4.2.1).</summary>
    public const int DeviceBitsFis = ReceivedFis + 0x58;

    /// <summary>Command tables, on boundaries of 128 bytes (4.2.3): one per slot, and one for commands of our own.</summary>
    public const int Tables = 0x1000;

    /// <summary>Bytes of a command table, with <see cref="MaxRegions"/>.</summary>
    public const int TableBytes = 0x100;

    /// <summary>The table of commands that are not requests.</summary>
    public const int OwnTable = MaxSlots;

    /// <summary>Physical region descriptors in a table (4.2.3.3).</summary>
    public const int RegionTable = 0x80;

    /// <summary>Bytes of a descriptor.</summary>
    public const int RegionDescriptorBytes = 16;

    /// <summary>Descriptors of a table.</summary>
    public const int MaxRegions = (TableBytes - RegionTable) / RegionDescriptorBytes;

    /// <summary>Answer of IDENTIFY DEVICE and READ LOG EXT, and one block.</summary>
    public const int Answer = Tables + 0x3000;

    /// <summary>Bytes of an answer.</summary>
    public const int AnswerBytes = 512;

    /// <summary>Bounce buffers, for controllers with 32 address bits.</summary>
    public const int Bounce = Answer + 0x1000;

    /// <summary>Bytes of a bounce buffer: the largest transfer of such a controller.</summary>
    public const int BounceBytes = 64 * 1024;

    /// <summary>Bounce buffers, one per slot of such a controller.</summary>
    public const int BounceSlots = 2;

    /// <summary>Length of the whole region, bytes.</summary>
    public const int RegionBytes = Bounce + (BounceSlots * BounceBytes);
}
