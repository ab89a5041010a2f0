namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>How a SCSI command ended: response of the transport, status, sense data, data for a reader.</summary>
internal sealed record SimulatedScsiAnswer(byte Response = 0, byte Status = 0)
{
    public byte[] Sense { get; init; } = [];

    public byte[] Data { get; init; } = [];

    /// <summary>Bytes of data that were not transferred.</summary>
    public uint Residual { get; init; }

    /// <summary>The command is never answered.</summary>
    public bool IsSilent { get; init; }

    public static SimulatedScsiAnswer Good { get; } = new();

    /// <summary>CHECK CONDITION with sense data in the fixed format, or as descriptors.</summary>
    public static SimulatedScsiAnswer Check(byte key, byte code, byte qualifier = 0, bool isDescriptor = false) => new(0, 2)
    {
        Sense = isDescriptor
            ? [0x72, key, code, qualifier, 0, 0, 0, 0]
            : [0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier, 0, 0, 0, 0],
    };
}
