using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Scsi;

/// <summary>Why a command ended with CHECK CONDITION (SPC-4, 4.5): sense key, additional code and its qualifier.</summary>
internal readonly struct ScsiSense(byte key, byte code, byte qualifier)
{
    private const byte FixedCurrent = 0x70;
    private const byte FixedDeferred = 0x71;
    private const byte DescriptorCurrent = 0x72;
    private const byte DescriptorDeferred = 0x73;

    private const byte KeyRecovered = 0x1;
    private const byte KeyNotReady = 0x2;
    private const byte KeyIllegalRequest = 0x5;
    private const byte KeyUnitAttention = 0x6;
    private const byte KeyDataProtect = 0x7;
    private const byte KeyVolumeOverflow = 0xD;

    private const byte CodeNotReady = 0x04;
    private const byte QualifierBecomingReady = 0x01;
    private const byte QualifierNeedsStart = 0x02;
    private const byte QualifierAccessTransition = 0x0A;
    private const byte CodeOutOfRange = 0x21;
    private const byte CodeNoSuchUnit = 0x25;
    private const byte CodeNoMedium = 0x3A;

    /// <summary>Sense key.</summary>
    public byte Key { get; } = key;

    /// <summary>Additional sense code.</summary>
    public byte Code { get; } = code;

    /// <summary>Additional sense code qualifier.</summary>
    public byte Qualifier { get; } = qualifier;

    /// <summary>It told of something else and did not run the command, which may be sent again.</summary>
    public bool IsUnitAttention => Key == KeyUnitAttention;

    /// <summary>The unit will be ready later, by itself.</summary>
    public bool WillBeReady =>
        Key == KeyNotReady && Code == CodeNotReady && Qualifier is QualifierBecomingReady or QualifierAccessTransition;

    /// <summary>The unit waits for START STOP UNIT.</summary>
    public bool NeedsStart => Key == KeyNotReady && Code == CodeNotReady && Qualifier == QualifierNeedsStart;

    /// <summary>The unit does not know the command, or a field of it.</summary>
    public bool IsIllegalRequest => Key == KeyIllegalRequest;

    /// <summary>What it means for the command.</summary>
    public Status Status => Key switch
    {
        KeyRecovered => Status.Ok,
        KeyNotReady when Code == CodeNoMedium => Status.NoDevice,
        KeyNotReady => Status.DeviceUnsupported,
        KeyIllegalRequest when Code == CodeOutOfRange => Status.OutOfMedium,
        KeyIllegalRequest when Code == CodeNoSuchUnit => Status.NoDevice,
        KeyIllegalRequest => Status.DeviceUnsupported,
        KeyDataProtect => Status.WriteProtected,
        KeyVolumeOverflow => Status.OutOfMedium,
        _ => Status.RequestFailed,
    };

    /// <summary>Reads sense data of either format; what is cut off reads as zero, another format as no sense.</summary>
    public static ScsiSense Parse(ReadOnlySpan<byte> data) => (Get(data, 0) & 0x7F) switch
    {
        FixedCurrent or FixedDeferred => new((byte)(Get(data, 2) & 0xF), Get(data, 12), Get(data, 13)),
        DescriptorCurrent or DescriptorDeferred => new((byte)(Get(data, 1) & 0xF), Get(data, 2), Get(data, 3)),
        _ => default,
    };

    private static byte Get(ReadOnlySpan<byte> data, int index) => index < data.Length ? data[index] : (byte)0;
}
