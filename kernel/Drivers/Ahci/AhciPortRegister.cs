namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>Registers of a port, from its first on, and their fields (AHCI 1.3.1, 3.3).</summary>
internal static class AhciPortRegister
{
    /// <summary>PxCLB, command list, 64 bits (3.3.1).</summary>
    public const uint CommandList = 0x00;

    /// <summary>PxFB, received FISes, 64 bits (3.3.3).</summary>
    public const uint ReceivedFis = 0x08;

    /// <summary>PxIS, what happened (3.3.5).</summary>
    public const uint InterruptStatus = 0x10;

    /// <summary>PxIE, what interrupts (3.3.6).</summary>
    public const uint InterruptEnable = 0x14;

    /// <summary>PxCMD, command and status (3.3.7).</summary>
    public const uint Command = 0x18;

    /// <summary>PxTFD, the device's status and error (3.3.8).</summary>
    public const uint TaskFile = 0x20;

    /// <summary>PxSIG, the device's signature (3.3.9).</summary>
    public const uint Signature = 0x24;

    /// <summary>PxSSTS, state of the link (3.3.10).</summary>
    public const uint SataStatus = 0x28;

    /// <summary>PxSCTL, control of the link (3.3.11).</summary>
    public const uint SataControl = 0x2C;

    /// <summary>PxSERR, errors of the link (3.3.12).</summary>
    public const uint SataError = 0x30;

    /// <summary>PxSACT, queued commands under way (3.3.13).</summary>
    public const uint Active = 0x34;

    /// <summary>PxCI, commands issued (3.3.14).</summary>
    public const uint Issue = 0x38;

    /// <summary>
    /// PxIS: the device failed a command (TFES), the bus (HBFS, HBDS) or the link (IFS) did, or more came than was asked
    /// for (OFS). The port stops at all of these (6.1).
    /// </summary>
    public const uint Errors = TaskFileError | (7u << 27) | (1u << 24);

    /// <summary>PxIS.TFES.</summary>
    public const uint TaskFileError = 1u << 30;

    /// <summary>PxCMD.ST: commands are processed.</summary>
    public const uint Start = 1u << 0;

    /// <summary>PxCMD.SUD and PxCMD.POD: the device is spun up and powered; read-only where software has no say.</summary>
    public const uint PowerOn = 3u << 1;

    /// <summary>PxCMD.FRE: FISes are received.</summary>
    public const uint FisEnable = 1u << 4;

    /// <summary>PxCMD.CCS, the command under way: its lowest bit.</summary>
    public const int CurrentSlotShift = 8;

    /// <summary>PxCMD.FR: FISes are being received.</summary>
    public const uint FisRunning = 1u << 14;

    /// <summary>PxCMD.CR: the command list is being processed.</summary>
    public const uint ListRunning = 1u << 15;

    /// <summary>PxCMD.ALPE, PxCMD.ASP and PxCMD.ICC: power states of the link.</summary>
    public const uint PowerFields = 0x3Fu << 26;

    /// <summary>PxCMD.ICC: the link becomes active.</summary>
    public const uint LinkActive = 1u << 28;

    /// <summary>PxTFD.STS.BSY and PxTFD.STS.DRQ.</summary>
    public const uint Busy = 0x88;

    /// <summary>PxTFD.STS.ERR.</summary>
    public const uint DeviceError = 1;

    /// <summary>PxSSTS.DET and PxSCTL.DET, the field.</summary>
    public const uint DetectionMask = 0xF;

    /// <summary>PxSSTS.DET: a device is there, and the link is up.</summary>
    public const uint LinkUp = 3;

    /// <summary>PxSCTL.DET: COMRESET while it is set.</summary>
    public const uint ComReset = 1;

    /// <summary>PxSCTL.IPM: neither partial nor slumber.</summary>
    public const uint NoPowerSaving = 3u << 8;
}
