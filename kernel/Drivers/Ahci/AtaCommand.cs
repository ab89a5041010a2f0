namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>Commands of a disk (ACS-3, clause 7), and the numbers that go with them.</summary>
internal static class AtaCommand
{
    /// <summary>READ DMA EXT (7.24).</summary>
    public const byte ReadDmaExt = 0x25;

    /// <summary>READ LOG EXT (7.26).</summary>
    public const byte ReadLogExt = 0x2F;

    /// <summary>WRITE DMA EXT (7.60).</summary>
    public const byte WriteDmaExt = 0x35;

    /// <summary>READ FPDMA QUEUED (7.25).</summary>
    public const byte ReadQueued = 0x60;

    /// <summary>WRITE FPDMA QUEUED (7.63).</summary>
    public const byte WriteQueued = 0x61;

    /// <summary>FLUSH CACHE EXT (7.11).</summary>
    public const byte FlushCacheExt = 0xEA;

    /// <summary>IDENTIFY DEVICE (7.13).</summary>
    public const byte Identify = 0xEC;

    /// <summary>SET FEATURES (7.45).</summary>
    public const byte SetFeatures = 0xEF;

    /// <summary>SET FEATURES: spin up a device that waits to be told (7.45.11).</summary>
    public const byte FeatureSpinUp = 0x07;

    /// <summary>READ LOG EXT: the NCQ command error log (9.14).</summary>
    public const byte NcqErrorLog = 0x10;

    /// <summary>Signature of a disk (SATA 3.2, 11.3).</summary>
    public const uint DiskSignature = 0x0000_0101;

    /// <summary>Signature of an ATAPI device.</summary>
    public const uint PacketSignature = 0xEB14_0101;

    /// <summary>Signature of a port multiplier.</summary>
    public const uint MultiplierSignature = 0x9669_0101;
}
