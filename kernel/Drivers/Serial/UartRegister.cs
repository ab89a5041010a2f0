namespace CosmosKdump.Kernel.Drivers.Serial;

/// <summary>Registers of a 16550 UART, as offsets of I/O ports (National PC16550D data sheet, section 8).</summary>
internal static class UartRegister
{
    /// <summary>Receiver buffer and transmitter holding register; divisor latch low while DLAB is set.</summary>
    public const int Data = 0;

    /// <summary>Interrupt enable; divisor latch high while DLAB is set.</summary>
    public const int InterruptEnable = 1;

    /// <summary>Interrupt identification when read, FIFO control when written.</summary>
    public const int FifoControl = 2;

    /// <summary>Line control.</summary>
    public const int LineControl = 3;

    /// <summary>Modem control.</summary>
    public const int ModemControl = 4;

    /// <summary>Line status.</summary>
    public const int LineStatus = 5;

    /// <summary>Scratch.</summary>
    public const int Scratch = 7;

    /// <summary>FIFO control: on, both cleared, receiver trigger at 14 bytes.</summary>
    public const byte FifoOn = 0xC7;

    /// <summary>Interrupt identification: both bits are set where the FIFOs work (not on a 16450 or 16550).</summary>
    public const byte FifoWorks = 0xC0;

    /// <summary>Line control: 8 data bits, no parity, 1 stop bit.</summary>
    public const byte Line8N1 = 0x03;

    /// <summary>Line control: divisor latch access (DLAB).</summary>
    public const byte LineDivisor = 0x80;

    /// <summary>Modem control: DTR and RTS on; OUT2 off keeps the interrupt line quiet.</summary>
    public const byte ModemReady = 0x03;

    /// <summary>Line status: a byte was received.</summary>
    public const byte StatusDataReady = 0x01;

    /// <summary>Line status: the transmitter FIFO is empty.</summary>
    public const byte StatusHoldingEmpty = 0x20;

    /// <summary>Line status: the transmitter has sent everything.</summary>
    public const byte StatusIdle = 0x40;

    /// <summary>What a port without a UART reads as.</summary>
    public const byte Absent = 0xFF;

    /// <summary>Bytes of the transmitter FIFO.</summary>
    public const int FifoBytes = 16;

    /// <summary>Rate at a divisor of 1: 1.8432 MHz / 16.</summary>
    public const uint MaxBaud = 115200;
}
