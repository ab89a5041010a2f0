using System;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Serial;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Serial;

[Collection(SimulatedMachine.Tests)]
public class Uart16550Tests
{
    private readonly SimulatedMachine _machine = new();
    private Uart16550 _uart;

    [Theory]
    [InlineData(0, 0x3F8)]
    [InlineData(1, 0x2F8)]
    [InlineData(2, 0x3E8)]
    [InlineData(3, 0x2E8)]
    public void A_port_of_the_pc_is_found_at_its_address(int index, ushort port)
    {
        SimulatedUart device = new(_machine, port);

        Assert.Equal(Status.Ok, _uart.Start(index, 115200));

        Assert.Equal(Status.Ok, _uart.Write("hello"u8));
        Assert.Equal("hello", Encoding.ASCII.GetString(device.Sent.ToArray()));
        Assert.Equal((0x03, 0x00), (device.LineControl, device.InterruptEnable));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(4)]
    public void A_port_without_a_uart_is_no_device(int index) =>
        Assert.Equal(Status.NoDevice, _uart.Start(index, 115200));

    [Fact]
    public void Something_else_at_the_port_is_no_device()
    {
        SimulatedUart device = new(_machine, 0x3F8) { HasScratch = false };

        Assert.Equal(Status.NoDevice, _uart.Start(0, 115200));
        Assert.Equal(0, device.Divisor);
    }

    [Theory]
    [InlineData(115200u, 0, 1, 115200u)]
    [InlineData(9600u, 0, 12, 9600u)]
    [InlineData(1u, 0, 0xFFFF, 1u)]
    [InlineData(4000000u, 0, 1, 115200u)]
    [InlineData(0u, 12, 12, 9600u)]
    [InlineData(0u, 3, 3, 38400u)]
    [InlineData(0u, 0, 1, 115200u)]
    [InlineData(0u, 96, 1, 115200u)]
    [InlineData(0u, 0xFFFF, 1, 115200u)]
    public void The_rate_is_the_one_asked_for_or_the_old_kernels(uint asked, ushort before, ushort after, uint rate)
    {
        SimulatedUart device = new(_machine, 0x3F8) { Divisor = before };

        Assert.Equal(Status.Ok, _uart.Start(0, asked));

        Assert.Equal((after, rate), (device.Divisor, _uart.Baud));
    }

    [Theory]
    [InlineData(true, 64)]
    [InlineData(false, 1024)]
    public void The_fifo_is_filled_per_look_and_never_overrun(bool hasFifo, int looks)
    {
        SimulatedUart device = new(_machine, 0x3F8) { HasFifo = hasFifo };
        Assert.Equal(Status.Ok, _uart.Start(0, 115200));
        int before = device.Looks;

        Assert.Equal(Status.Ok, _uart.Write(new byte[1024]));

        Assert.Equal(looks, device.Looks - before);
        Assert.Equal((1024, 0), (device.Sent.Count, device.Overruns));
    }

    [Fact]
    public void A_stuck_line_costs_a_second_once()
    {
        SimulatedUart device = new(_machine, 0x3F8);
        Assert.Equal(Status.Ok, _uart.Start(0, 115200));
        device.Accepts = 0;
        ulong before = _machine.Now;

        Assert.Equal(Status.ChannelStuck, _uart.Write("first"u8));
        Assert.InRange(_machine.Now - before, 1_000_000UL, 1_100_000UL);
        before = _machine.Now;
        Assert.Equal(Status.ChannelStuck, _uart.Write("second"u8));
        Assert.Equal(before, _machine.Now);

        device.Accepts = int.MaxValue;
        Assert.Equal(Status.Ok, _uart.Write("third"u8));
        Assert.Equal("third", Encoding.ASCII.GetString(device.Sent.ToArray()));
    }

    [Fact]
    public void Text_gets_carriage_returns()
    {
        SimulatedUart device = new(_machine, 0x3F8);
        _uart.Start(0, 115200);

        _uart.WriteText("\none\ntwo\n\nthree"u8);

        Assert.Equal("\r\none\r\ntwo\r\n\r\nthree", Encoding.ASCII.GetString(device.Sent.ToArray()));
    }

    [Fact]
    public void What_arrived_is_taken_without_waiting()
    {
        SimulatedUart device = new(_machine, 0x3F8);
        _uart.Start(0, 115200);
        byte[] taken = new byte[4];
        ulong before = _machine.Now;

        Assert.Equal(0, _uart.Read(taken));
        foreach (byte b in "abcdef"u8)
        {
            device.Received.Enqueue(b);
        }
        Assert.Equal(4, _uart.Read(taken));
        Assert.Equal("abcd"u8.ToArray(), taken);
        Assert.Equal(2, _uart.Read(taken));
        Assert.Equal(before, _machine.Now);
    }
}
