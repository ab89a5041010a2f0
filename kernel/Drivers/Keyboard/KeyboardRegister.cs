namespace CosmosKdump.Kernel.Drivers.Keyboard;

/// <summary>
/// Ports, commands and bits of the 8042 keyboard controller and of a PS/2 keyboard (IBM PS/2 hardware interface
/// reference, keyboard and auxiliary device controller; Linux: include/linux/i8042.h).
/// </summary>
internal static class KeyboardRegister
{
    /// <summary>Data port.</summary>
    public const ushort Data = 0x60;

    /// <summary>Status when read, command when written.</summary>
    public const ushort Status = 0x64;

    /// <summary>Status: a byte can be read.</summary>
    public const byte StatusOutputFull = 0x01;

    /// <summary>Status: the controller has not taken the last byte yet.</summary>
    public const byte StatusInputFull = 0x02;

    /// <summary>Status: the byte is of the mouse.</summary>
    public const byte StatusMouse = 0x20;

    /// <summary>What a port without a controller reads as.</summary>
    public const byte Absent = 0xFF;

    /// <summary>Command: the next byte read is the configuration.</summary>
    public const byte CommandReadConfiguration = 0x20;

    /// <summary>Command: the next byte written is the configuration.</summary>
    public const byte CommandWriteConfiguration = 0x60;

    /// <summary>Command: disables the mouse's port.</summary>
    public const byte CommandDisableMouse = 0xA7;

    /// <summary>Command: disables the keyboard's port.</summary>
    public const byte CommandDisableKeyboard = 0xAD;

    /// <summary>Command: enables the keyboard's port.</summary>
    public const byte CommandEnableKeyboard = 0xAE;

    /// <summary>Configuration: interrupts of the keyboard and of the mouse.</summary>
    public const byte ConfigurationInterrupts = 0x03;

    /// <summary>Configuration: the keyboard's clock is off.</summary>
    public const byte ConfigurationKeyboardOff = 0x10;

    /// <summary>Configuration: the mouse's clock is off.</summary>
    public const byte ConfigurationMouseOff = 0x20;

    /// <summary>Configuration: scan codes of set 2 come as those of set 1.</summary>
    public const byte ConfigurationTranslate = 0x40;

    /// <summary>Keyboard: sends scan codes.</summary>
    public const byte KeyboardEnable = 0xF4;

    /// <summary>Keyboard: its defaults, scan code set 2 among them.</summary>
    public const byte KeyboardDefaults = 0xF6;
}
