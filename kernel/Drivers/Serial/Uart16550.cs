using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Serial;

/// <summary>A serial port of the PC: console, and channel to a receiver. Polled; 8 data bits, no parity, 1 stop bit.</summary>
internal struct Uart16550 : IByteChannel, IConsole
{
    /// <summary>Ports at the addresses that every PC uses, COM1 to COM4 (ttyS0 to ttyS3).</summary>
    public const int PortCount = 4;

    private const uint DrainMilliseconds = 50;
    private const uint StuckMilliseconds = 1_000;
    private const uint SlowestKeptBaud = 9600;

    private ushort _port;
    private int _burst;
    private bool _isStuck;

    /// <summary>Bits per second.</summary>
    public uint Baud { get; private set; }

    /// <summary>
    /// Looks for a UART and sets it up. A <paramref name="baud"/> of 0 keeps the rate that the old kernel used, or takes
    /// 115200 where none is set. <see cref="Status.NoDevice"/>: no UART answers there.
    /// </summary>
    public Status Start(int index, uint baud)
    {
        if ((uint)index >= PortCount)
        {
            return Status.NoDevice;
        }
        _port = PortAddress(index);
        _isStuck = false;
        if (!IsPresent())
        {
            return Status.NoDevice;
        }
        // What the old kernel still has in the FIFO are the last words of its panic.
        WaitFor(UartRegister.StatusIdle, DrainMilliseconds);
        uint divisor = baud == 0 ? KeptDivisor() : Math.Min(0xFFFF, Math.Max(1, UartRegister.MaxBaud / baud));
        Baud = UartRegister.MaxBaud / divisor;
        Write(UartRegister.InterruptEnable, 0);
        Write(UartRegister.LineControl, UartRegister.LineDivisor);
        Write(UartRegister.Data, (byte)divisor);
        Write(UartRegister.InterruptEnable, (byte)(divisor >> 8));
        Write(UartRegister.LineControl, UartRegister.Line8N1);
        Write(UartRegister.FifoControl, UartRegister.FifoOn);
        Write(UartRegister.ModemControl, UartRegister.ModemReady);
        byte fifo = Read(UartRegister.FifoControl);
        _burst = (fifo & UartRegister.FifoWorks) == UartRegister.FifoWorks ? UartRegister.FifoBytes : 1;
        return Status.Ok;
    }

    /// <inheritdoc/>
    public Status Write(ReadOnlySpan<byte> bytes)
    {
        int sent = 0;
        while (sent < bytes.Length)
        {
            if (!IsReady())
            {
                return Status.ChannelStuck;
            }
            int end = Math.Min(bytes.Length, sent + _burst);
            for (; sent < end; sent++)
            {
                Write(UartRegister.Data, bytes[sent]);
            }
        }
        return Status.Ok;
    }

    /// <inheritdoc/>
    public int Read(Span<byte> destination)
    {
        int count = 0;
        while (count < destination.Length)
        {
            byte state = Read(UartRegister.LineStatus);
            if (state == UartRegister.Absent || (state & UartRegister.StatusDataReady) == 0)
            {
                break;
            }
            destination[count++] = Read(UartRegister.Data);
        }
        return count;
    }

    /// <summary>Writes text for a terminal: each newline becomes a carriage return and a newline.</summary>
    public void WriteText(ReadOnlySpan<byte> text)
    {
        int begin = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'\n')
            {
                Write(text.Slice(begin, i - begin));
                Write("\r\n"u8);
                begin = i + 1;
            }
        }
        Write(text.Slice(begin));
    }

    void IConsole.Write(ReadOnlySpan<byte> text) => WriteText(text);

    private static ushort PortAddress(int index) => index switch
    {
        0 => 0x3F8,
        1 => 0x2F8,
        2 => 0x3E8,
        _ => 0x2E8,
    };

    // A port that was stuck once gets one look and no more waiting, so that it cannot hold up the dump.
    private bool IsReady()
    {
        _isStuck = WaitFor(UartRegister.StatusHoldingEmpty, _isStuck ? 0 : StuckMilliseconds) != Status.Ok;
        return !_isStuck;
    }

    private readonly Status WaitFor(byte bit, uint milliseconds)
    {
        // The first look is usually enough and needs no clock.
        if (Has(bit))
        {
            return Status.Ok;
        }
        Deadline end = Deadline.AfterMilliseconds(milliseconds);
        while (!end.HasPassed)
        {
            if (Has(bit))
            {
                return Status.Ok;
            }
            Cpu.Pause();
        }
        return Has(bit) ? Status.Ok : Status.ChannelStuck;
    }

    private readonly bool Has(byte bit)
    {
        byte state = Read(UartRegister.LineStatus);
        return state != UartRegister.Absent && (state & bit) != 0;
    }

    // The scratch register exists on everything since the 16450 and keeps what is written to it.
    private readonly bool IsPresent()
    {
        if (Read(UartRegister.LineStatus) == UartRegister.Absent)
        {
            return false;
        }
        Write(UartRegister.Scratch, 0x5A);
        bool keeps = Read(UartRegister.Scratch) == 0x5A;
        Write(UartRegister.Scratch, 0xA5);
        return keeps && Read(UartRegister.Scratch) == 0xA5;
    }

    private readonly uint KeptDivisor()
    {
        byte line = Read(UartRegister.LineControl);
        Write(UartRegister.LineControl, (byte)(line | UartRegister.LineDivisor));
        uint divisor = Read(UartRegister.Data) | ((uint)Read(UartRegister.InterruptEnable) << 8);
        Write(UartRegister.LineControl, line);
        return divisor is > 0 and <= UartRegister.MaxBaud / SlowestKeptBaud ? divisor : 1;
    }

    private readonly byte Read(int register) => PortIo.In8((ushort)(_port + register));

    private readonly void Write(int register, byte value) => PortIo.Out8((ushort)(_port + register), value);
}
