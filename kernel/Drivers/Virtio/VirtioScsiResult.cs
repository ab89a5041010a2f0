using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Scsi;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>
/// How a SCSI request ended: the device's response (virtio 1.2, 5.6.6.1), the unit's status (SAM-5, 5.3.1), its sense
/// data, and the bytes that were not transferred.
/// </summary>
internal readonly struct VirtioScsiResult(byte response, byte scsiStatus, ScsiSense sense, uint residualBytes)
{
    /// <summary>No answer yet.</summary>
    public const byte ResponsePending = 0xFF;

    private const byte ResponseOk = 0;
    private const byte ResponseAborted = 2;
    private const byte ResponseBadTarget = 3;
    private const byte ResponseReset = 4;
    private const byte ResponseBusy = 5;

    private const byte StatusGood = 0x00;
    private const byte StatusCheckCondition = 0x02;
    private const byte StatusConditionMet = 0x04;
    private const byte StatusBusy = 0x08;
    private const byte StatusTaskSetFull = 0x28;
    private const byte StatusTaskAborted = 0x40;

    /// <summary>Sense data; none without CHECK CONDITION.</summary>
    public ScsiSense Sense { get; } = sense;

    /// <summary>Bytes of data that were not transferred.</summary>
    public uint ResidualBytes { get; } = residualBytes;

    /// <summary>The device knows no such target or unit.</summary>
    public bool IsNobody => response == ResponseBadTarget;

    /// <summary>The request was not run, or was cut off, for a reason that passes: it may be sent again.</summary>
    public bool MayBeSentAgain => response switch
    {
        ResponseOk => scsiStatus switch
        {
            StatusBusy or StatusTaskSetFull or StatusTaskAborted => true,
            StatusCheckCondition => Sense.IsUnitAttention || Sense.WillBeReady,
            _ => false,
        },
        ResponseAborted or ResponseReset or ResponseBusy => true,
        _ => false,
    };

    /// <summary>What it means.</summary>
    public Status Status => response switch
    {
        ResponseOk => scsiStatus switch
        {
            StatusGood or StatusConditionMet => Status.Ok,
            StatusCheckCondition => Sense.Status,
            _ => Status.RequestFailed,
        },
        ResponseBadTarget => Status.NoDevice,
        _ => Status.RequestFailed,
    };

    /// <summary>For the console, by hex digits: R response, SS status, K sense key, CC its code, QQ its qualifier.</summary>
    public uint Code => (uint)response << 28
        | (uint)scsiStatus << 20
        | (uint)Sense.Key << 16
        | (uint)Sense.Code << 8
        | Sense.Qualifier;
}
