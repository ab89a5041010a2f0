using System;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Drivers.Virtio;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Net;

[Collection(SimulatedMachine.Tests)]
public class VirtioNetTests
{
    private const ulong PayloadAddress = 0x20_0000;

    private readonly SimulatedMachine _machine = new();
    private readonly SimulatedVirtioNet _device;
    private readonly PciDevice _function;
    private VirtioNetUnit _driver;

    public VirtioNetTests()
    {
        SimulatedPci pci = new(_machine);
        _device = new SimulatedVirtioNet(_machine, pci);
        PciBuses.Discover();
        Assert.Equal(Status.Ok, PciDevice.Probe(new PciAddress(3 << 3), out _function));
        RandomBytes.Fill(_machine.Memory.AsSpan((int)PayloadAddress, 1 << 20));
    }

    [Fact]
    public void The_device_tells_what_it_is()
    {
        Start();
        Assert.Equal(0x525400010203UL, _driver.Mac.Value);
        Assert.Equal(1500, _driver.MtuBytes);
        Assert.True(_driver.HasChecksumOffload);
        Assert.InRange(_driver.MostSegmentedBytes, 60_000, 65_535 - 40);
        Assert.True(_driver.IsUp);
        _device.HasCarrier = false;
        Assert.False(_driver.IsUp);
        Assert.Equal(24, _device.Room);
    }

    [Fact]
    public void A_frame_of_head_and_pieces_arrives_with_its_header()
    {
        Start();
        byte[] head = Head(54);
        LinkPiece[] pieces = [new(PayloadAddress, 1), new(PayloadAddress + 5000, 60_000)];
        _driver.Send(54, pieces, LinkOffload.TcpSegmentation, 1460);
        Assert.Empty(_device.Sent);
        _driver.Announce();
        (byte[] header, byte[] frame) = Assert.Single(_device.Sent);
        Assert.Equal(new byte[] { 1, 1, 54, 0, 0xB4, 5, 34, 0, 16, 0, 0, 0 }, header);
        byte[] expected = [.. head, Memory(0), .. _machine.Memory.AsSpan((int)PayloadAddress + 5000, 60_000)];
        Assert.True(expected.AsSpan().SequenceEqual(frame));
    }

    [Fact]
    public void A_whole_frame_has_an_empty_header()
    {
        Start();
        byte[] head = Head(60);
        _driver.Send(60, [], LinkOffload.None, 0);
        _driver.Announce();
        (byte[] header, byte[] frame) = Assert.Single(_device.Sent);
        Assert.All(header, b => Assert.Equal(0, b));
        Assert.Equal(head, frame);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frames_come_back_in_any_order_and_never_twice(bool hasOffload)
    {
        _device.Features &= hasOffload ? ulong.MaxValue : ~1UL;
        _device.IsSlow = true;
        Start();
        Assert.Equal(hasOffload, _driver.MostSegmentedBytes > 0);
        int most = _driver.FreeFrames;
        Assert.Equal(hasOffload ? 32 : 64, most);
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < most; i++)
            {
                _driver.NextFrame[0] = (byte)i;
                _driver.Send(60, [], LinkOffload.None, 0);
            }
            _driver.Announce();
            Assert.Equal((0, most), (_driver.FreeFrames, _driver.FramesInFlight));
            Assert.Equal(Status.Ok, _driver.Poll());
            Assert.Equal(0, _driver.FreeFrames);
            _device.Complete(isReversed: round % 2 == 0);
            Assert.Equal(Status.Ok, _driver.Poll());
            Assert.Equal((most, 0), (_driver.FreeFrames, _driver.FramesInFlight));
            Assert.Equal(most, _device.Sent.Select(sent => sent.Frame[0]).Distinct().Count());
            _device.Sent.Clear();
        }
    }

    [Fact]
    public void Frames_are_received_for_ever()
    {
        Start();
        byte[] buffer = new byte[1536];
        for (int i = 0; i < 1000; i++)
        {
            byte[] frame = [.. Enumerable.Range(i, 60 + (i % 1455)).Select(n => (byte)n)];
            Assert.True(_device.Deliver(frame));
            Assert.Equal(frame.Length, _driver.Receive(buffer));
            Assert.Equal(frame, buffer.AsSpan(0, frame.Length).ToArray());
            Assert.Equal(0, _driver.Receive(buffer));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(4000)]
    [InlineData(-1)]
    public void A_length_that_cannot_be_true_is_no_frame(int saysBytes)
    {
        Start();
        byte[] buffer = new byte[1536];
        Assert.True(_device.Deliver(new byte[60], saysBytes));
        Assert.Equal(0, _driver.Receive(buffer));
        Assert.Equal(24, _device.Room);
    }

    [Fact]
    public void A_frame_longer_than_the_buffer_is_dropped()
    {
        Start();
        Assert.True(_device.Deliver(new byte[100]));
        Assert.True(_device.Deliver(new byte[60]));
        Assert.Equal(60, _driver.Receive(new byte[64]));
    }

    [Fact]
    public void A_device_that_needs_a_reset_is_told_of()
    {
        Start();
        _device.SetNeedsReset();
        Status status = Status.Ok;
        for (int i = 0; i < 10_000 && status == Status.Ok; i++)
        {
            status = _driver.Poll();
        }
        Assert.Equal(Status.DeviceFailed, status);
    }

    [Fact]
    public void A_device_without_version_1_is_refused()
    {
        _device.Features &= ~(1UL << 32);
        Assert.Equal(Status.DeviceUnsupported, _driver.Start(_function, Region));
    }

    [Fact]
    public void After_the_end_the_device_is_reset()
    {
        Start();
        int resets = _device.Resets;
        _driver.Stop();
        Assert.Equal(resets + 1, _device.Resets);
        _driver.Stop();
        Assert.Equal(resets + 1, _device.Resets);
    }

    private static DmaRegion Region => new(0x10_0000, VirtioNetUnit.RegionBytes);

    private byte Memory(int offset) => _machine.Memory[(int)PayloadAddress + offset];

    private void Start()
    {
        Assert.True(_driver.Supports(_function));
        Assert.Equal(Status.Ok, _driver.Start(_function, Region));
    }

    private byte[] Head(int bytes)
    {
        Span<byte> next = _driver.NextFrame[..bytes];
        new Random(bytes).NextBytes(next);
        return next.ToArray();
    }
}
