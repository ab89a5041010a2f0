namespace CosmosKdump.Kernel.Drivers.Video;

/// <summary>VGA ports, register indices and fields (IBM PS/2 hardware interface reference, video subsystem).</summary>
internal static class VgaRegister
{
    /// <summary>Physical address of the colour text memory.</summary>
    public const ulong TextMemory = 0xB8000;

    /// <summary>Bytes of the colour text memory.</summary>
    public const uint TextMemoryBytes = 0x8000;

    /// <summary>Miscellaneous output register, read port.</summary>
    public const ushort MiscellaneousOutput = 0x3CC;

    /// <summary>Miscellaneous output: the CRT controller is at 3D4H.</summary>
    public const byte MiscellaneousColour = 0x01;

    /// <summary>Graphics controller index port; data follows.</summary>
    public const ushort GraphicsIndex = 0x3CE;

    /// <summary>Graphics controller: miscellaneous.</summary>
    public const byte GraphicsMiscellaneous = 6;

    /// <summary>Graphics miscellaneous: bit 0 graphics mode, bits 3:2 memory map.</summary>
    public const byte GraphicsModeMask = 0x0D;

    /// <summary>Graphics miscellaneous: text mode, memory at B8000H.</summary>
    public const byte GraphicsTextAtB8000 = 0x0C;

    /// <summary>CRT controller index port; data follows.</summary>
    public const ushort CrtIndex = 0x3D4;

    /// <summary>CRT controller: columns minus one.</summary>
    public const byte CrtColumns = 0x01;

    /// <summary>CRT controller: overflow bits of vertical values.</summary>
    public const byte CrtOverflow = 0x07;

    /// <summary>CRT controller: scan lines of a character row minus one, in bits 4:0.</summary>
    public const byte CrtRowHeight = 0x09;

    /// <summary>CRT controller: start address, high byte.</summary>
    public const byte CrtStartHigh = 0x0C;

    /// <summary>CRT controller: start address, low byte.</summary>
    public const byte CrtStartLow = 0x0D;

    /// <summary>CRT controller: cursor location, high byte.</summary>
    public const byte CrtCursorHigh = 0x0E;

    /// <summary>CRT controller: cursor location, low byte.</summary>
    public const byte CrtCursorLow = 0x0F;

    /// <summary>CRT controller: scan lines minus one, low eight bits.</summary>
    public const byte CrtScanLines = 0x12;

    /// <summary>CRT controller: distance of two rows in units of two characters.</summary>
    public const byte CrtOffset = 0x13;
}
