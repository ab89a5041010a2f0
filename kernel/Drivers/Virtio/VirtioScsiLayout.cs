using CosmosKdump.Kernel.Drivers.Block;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>Where things lie in the SCSI driver's DMA memory, and how a request is laid out (virtio 1.2, 5.6.6.1).</summary>
internal static class VirtioScsiLayout
{
    /// <summary>Descriptors of a modern queue: every slot has a chain.</summary>
    public const int MaxModernQueue = 256;

    /// <summary>Descriptors of a request at most: its header, data, its answer.</summary>
    public const int Chain = 3;

    /// <summary>A record per slot: what the device reads, then what it writes. The queue lies before it.</summary>
    public const int Records = VirtioLayout.Records;

    /// <summary>Bytes of a record.</summary>
    public const int RecordBytes = 192;

    /// <summary>Offset in a record of the logical unit's address.</summary>
    public const int RecordUnit = 0;

    /// <summary>Offset of the request's tag.</summary>
    public const int RecordTag = 8;

    /// <summary>Offset of the command descriptor block.</summary>
    public const int RecordCommand = 19;

    /// <summary>Longest command descriptor block of a device: the default (5.6.4).</summary>
    public const int MaxCommandBytes = 32;

    /// <summary>Offset of how often the request was sent again; the device sees nothing of it.</summary>
    public const int RecordRetries = 63;

    /// <summary>Offset of what the device writes.</summary>
    public const int RecordAnswer = 64;

    /// <summary>Offset of the number of bytes of sense data.</summary>
    public const int RecordSenseLength = RecordAnswer;

    /// <summary>Offset of the number of bytes of data that were not transferred.</summary>
    public const int RecordResidual = RecordAnswer + 4;

    /// <summary>Offset of the SCSI status.</summary>
    public const int RecordStatus = RecordAnswer + 10;

    /// <summary>Offset of the device's response.</summary>
    public const int RecordResponse = RecordAnswer + 11;

    /// <summary>Offset of the sense data.</summary>
    public const int RecordSense = RecordAnswer + 12;

    /// <summary>Most sense data of a device: the default (5.6.4).</summary>
    public const int MaxSenseBytes = 96;

    /// <summary>Answers to commands about a unit.</summary>
    public const int Answer = Records + (RequestSlots.Most * RecordBytes);

    /// <summary>Longest such answer.</summary>
    public const int AnswerBytes = 4096;

    /// <summary>The units of a target.</summary>
    public const int Units = Answer + AnswerBytes;

    /// <summary>Bytes of their list.</summary>
    public const int UnitsBytes = 4096;

    /// <summary>Length of the whole region, bytes.</summary>
    public const int RegionBytes = Units + UnitsBytes;
}
