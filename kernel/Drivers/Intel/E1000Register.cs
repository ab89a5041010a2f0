namespace CosmosKdump.Kernel.Drivers.Intel;

/// <summary>
/// Registers of Intel's 8254x and 82574 and their fields (8254x software developer's manual, 317453, 13.4; 82574 data
/// sheet, 317694, 10.2), as far as both have them.
/// </summary>
internal static class E1000Register
{
    /// <summary>Bytes of registers that are used.</summary>
    public const uint WindowBytes = 0x6000;

    /// <summary>CTRL, device control.</summary>
    public const uint Control = 0x0000;

    /// <summary>STATUS, device status.</summary>
    public const uint State = 0x0008;

    /// <summary>MDIC, access to the PHY's registers.</summary>
    public const uint Management = 0x0020;

    /// <summary>ICR, interrupt causes; reading clears them.</summary>
    public const uint InterruptCause = 0x00C0;

    /// <summary>IMC, interrupt mask, clear.</summary>
    public const uint InterruptMaskClear = 0x00D8;

    /// <summary>RCTL, receive control.</summary>
    public const uint ReceiveControl = 0x0100;

    /// <summary>TCTL, transmit control.</summary>
    public const uint TransmitControl = 0x0400;

    /// <summary>TIPG, gap between frames.</summary>
    public const uint TransmitGap = 0x0410;

    /// <summary>RDBAL, RDBAH, RDLEN, RDH and RDT: the receive ring, see <see cref="RingLength"/>.</summary>
    public const uint ReceiveRing = 0x2800;

    /// <summary>RDTR and RADV: how long a received frame may wait for others.</summary>
    public const uint ReceiveDelay = 0x2820;

    /// <inheritdoc cref="ReceiveDelay"/>
    public const uint ReceiveAbsoluteDelay = 0x282C;

    /// <summary>TIDV and TADV: the same for the descriptors of sent ones.</summary>
    public const uint TransmitDelay = 0x3820;

    /// <inheritdoc cref="TransmitDelay"/>
    public const uint TransmitAbsoluteDelay = 0x382C;

    /// <summary>RXCSUM: what is summed up of received frames.</summary>
    public const uint ReceiveChecksum = 0x5000;

    /// <summary>RFCTL, of 82574 and later: filters, and EXSTEN, which gives receive descriptors another form.</summary>
    public const uint ReceiveFilter = 0x5008;

    /// <summary>MRQC, of 82574 and later: which of several rings a frame goes to.</summary>
    public const uint MultipleReceive = 0x5818;

    /// <summary>TDBAL and so on: the transmit ring.</summary>
    public const uint TransmitRing = 0x3800;

    /// <summary>In a ring's registers: bits 63 to 32 of its address; bits 31 to 0 come first.</summary>
    public const uint RingAddressHigh = 0x04;

    /// <summary>In a ring's registers: its length, bytes.</summary>
    public const uint RingLength = 0x08;

    /// <summary>In a ring's registers: the descriptor that the device is at.</summary>
    public const uint RingHead = 0x10;

    /// <summary>In a ring's registers: one past the last descriptor that the device may use.</summary>
    public const uint RingTail = 0x18;

    /// <summary>RAL0, the first receive address: bytes 0 to 3.</summary>
    public const uint AddressLow = 0x5400;

    /// <summary>RAH0: bytes 4 and 5, and <see cref="AddressValid"/>.</summary>
    public const uint AddressHigh = 0x5404;

    /// <summary>CTRL.SLU: the link may come up.</summary>
    public const uint ControlSetLinkUp = 1u << 6;

    /// <summary>CTRL.FRCSPD and CTRL.FRCDPLX: speed and duplex as software says.</summary>
    public const uint ControlForced = 3u << 11;

    /// <summary>CTRL.RST: resets all but the PHY.</summary>
    public const uint ControlReset = 1u << 26;

    /// <summary>STATUS.LU: the link is up.</summary>
    public const uint StateLinkUp = 1u << 1;

    /// <summary>RCTL.EN, BAM, SECRC: receives, broadcasts too, without FCS, into buffers of 2048 bytes.</summary>
    public const uint ReceiveFrames = (1u << 1) | (1u << 15) | (1u << 26);

    /// <summary>TCTL.EN, PSP, CT 15, COLD for full duplex: transmits, and pads short frames (8254x, 13.4.33).</summary>
    public const uint TransmitFrames = (1u << 1) | (1u << 3) | (0xFu << 4) | (0x40u << 12);

    /// <summary>TIPG for copper: IPGT 8, IPGR1 8, IPGR2 6 (8254x, table 13-77; 82574, 10.2.6.2).</summary>
    public const uint TransmitGapCopper = 8 | (8 << 10) | (6 << 20);

    /// <summary>RAH.AV: there is an address.</summary>
    public const uint AddressValid = 1u << 31;

    /// <summary>MDIC: reads register 0, the PHY's control, of PHY 1.</summary>
    public const uint ManagementRead = (2u << 26) | ManagementPhy;

    /// <summary>MDIC: writes it.</summary>
    public const uint ManagementWrite = (1u << 26) | ManagementPhy;

    /// <summary>MDIC.R: done.</summary>
    public const uint ManagementReady = 1u << 28;

    /// <summary>MDIC.E: failed.</summary>
    public const uint ManagementError = 1u << 30;

    /// <summary>PHY control: power down (IEEE 802.3, 22.2.4.1).</summary>
    public const uint PhyPowerDown = 1u << 11;

    /// <summary>PHY control: auto-negotiation on, and begun anew.</summary>
    public const uint PhyNegotiate = (1u << 12) | (1u << 9);

    /// <summary>What every register reads as when the device is gone.</summary>
    public const uint Gone = uint.MaxValue;

    private const uint ManagementPhy = 1u << 21;
}
