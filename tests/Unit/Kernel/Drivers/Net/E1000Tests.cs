using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using CosmosKdump.Kernel.Drivers.Intel;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Capture.Net;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Net;

[Collection(SimulatedMachine.Tests)]
public class E1000Tests
{
    private const ulong PayloadAddress = 0x20_0000;
    private const int HeadBytes = 54;
    private static readonly Ipv4Address From = new(0x0A00020F);
    private static readonly Ipv4Address To = new(0x0A000202);

    private readonly SimulatedMachine _machine = new();
    private readonly SimulatedE1000 _device;
    private readonly PciDevice _function;
    private E1000Unit _driver;

    public E1000Tests()
    {
        SimulatedPci pci = new(_machine);
        _device = new SimulatedE1000(_machine, pci);
        PciBuses.Discover();
        Assert.Equal(Status.Ok, PciDevice.Probe(new PciAddress(3 << 3), out _function));
        RandomBytes.Fill(_machine.Memory.AsSpan((int)PayloadAddress, 1 << 20));
    }

    [Fact]
    public void The_old_kernels_rings_are_forgotten_before_the_card_may_reach_memory()
    {
        Start();
        Assert.Equal(1, _device.Resets);
        Assert.True(_device.IsReceiving);
        Assert.Equal(SimulatedE1000.MacValue, _driver.Mac.Value);
        Assert.True(_driver.IsUp);
        _device.HasCarrier = false;
        Assert.False(_driver.IsUp);
    }

    [Fact]
    public void An_address_that_the_reset_loses_is_kept()
    {
        _device.ForgetsMac = true;
        Start();
        Assert.Equal(SimulatedE1000.MacValue, _driver.Mac.Value);
    }

    [Fact]
    public void A_reset_that_clears_nothing_does_not_leave_the_old_kernels_kind_of_descriptors()
    {
        _device.KeepsRegisters = true;
        Start();
        byte[] frame = new byte[100];
        Assert.True(_device.Deliver(frame));
        Assert.Equal(frame.Length, _driver.Receive(new byte[1536]));
    }

    [Fact]
    public void A_phy_that_was_off_is_switched_on()
    {
        _device.IsPhyOff = true;
        Start();
        Assert.False(_device.IsPhyOff);
    }

    [Theory]
    [InlineData(true, Status.DeviceGone)]
    [InlineData(false, Status.DeviceTimeout)]
    public void A_card_that_does_not_answer_is_told_of(bool isGone, Status expected)
    {
        _device.IsGone = isGone;
        _device.IsStuck = !isGone;
        Assert.Equal(expected, _driver.Start(_function, Region));
    }

    [Theory]
    [InlineData(1461, 1)]
    [InlineData(30_000, 3)]
    [InlineData(32_768, 8)]
    public void Payload_is_cut_into_segments_with_right_checksums(int bytes, int pieces)
    {
        Start();
        List<byte> payload = [];
        LinkPiece[] parts = new LinkPiece[pieces];
        for (int i = 0; i < pieces; i++)
        {
            int length = i == pieces - 1 ? bytes - payload.Count : bytes / pieces;
            parts[i] = new LinkPiece(PayloadAddress + (ulong)(i * 0x10_001), length);
            payload.AddRange(_machine.Memory.AsSpan((int)parts[i].Address, length));
        }
        Head(payload.Count);
        _driver.Send(HeadBytes, parts, LinkOffload.TcpSegmentation, 1460);
        Assert.Empty(_device.Sent);
        _driver.Announce();
        Assert.Equal((bytes + 1459) / 1460, _device.Sent.Count);
        Assert.All(_device.Sent, AssertRight);
        Assert.True(payload.SequenceEqual(_device.Sent.SelectMany(frame => frame.Skip(HeadBytes))));
        Assert.Equal(
            Enumerable.Range(0, _device.Sent.Count).Select(i => 1000u + (uint)(i * 1460)),
            _device.Sent.Select(frame => BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(38))));
    }

    [Fact]
    public void A_segment_gets_its_checksum()
    {
        Start();
        Head(1000);
        _driver.Send(HeadBytes, [new(PayloadAddress, 1), new(PayloadAddress + 77, 999)], LinkOffload.TcpChecksum, 0);
        _driver.Announce();
        AssertRight(Assert.Single(_device.Sent));
    }

    [Fact]
    public void Frames_come_back_for_ever_and_none_is_overwritten()
    {
        _device.IsSlow = true;
        Start();
        for (int round = 0; round < 50; round++)
        {
            int most = _driver.FreeFrames;
            Assert.InRange(most, 10, 32);
            int sent = 0;
            for (; _driver.FreeFrames > 0; sent++)
            {
                Head(32_768);
                _driver.NextFrame[6] = (byte)sent;
                LinkPiece[] pieces = [.. Enumerable.Range(0, 8).Select(i => new LinkPiece(PayloadAddress + (ulong)(i * 5000), 4096))];
                _driver.Send(HeadBytes, pieces, LinkOffload.TcpSegmentation, 8192);
            }
            _driver.Announce();
            Assert.True(sent >= most);
            Assert.Equal(Status.Ok, _driver.Poll());
            Assert.Equal(sent, _driver.FramesInFlight);
            _device.Complete();
            Assert.Equal(Status.Ok, _driver.Poll());
            Assert.Equal(0, _driver.FramesInFlight);
            Assert.Equal(4 * sent, _device.Sent.Count);
            Assert.Equal(Enumerable.Range(0, sent), _device.Sent.Select(frame => (int)frame[6]).Distinct());
            _device.Sent.Clear();
        }
    }

    [Fact]
    public void Frames_are_received_for_ever_but_for_those_with_errors_or_of_two_buffers()
    {
        Start();
        byte[] buffer = new byte[1536];
        for (int i = 0; i < 500; i++)
        {
            byte[] frame = [.. Enumerable.Range(i, 60 + (i % 1455)).Select(n => (byte)n)];
            Assert.True(_device.Deliver(new byte[3000]));
            Assert.True(_device.Deliver(new byte[100], errors: 0x20));
            Assert.True(_device.Deliver(frame));
            Assert.Equal(frame.Length, _driver.Receive(buffer));
            Assert.Equal(frame, buffer.AsSpan(0, frame.Length).ToArray());
            Assert.Equal(0, _driver.Receive(buffer));
        }
    }

    [Fact]
    public void A_card_that_is_pulled_out_is_told_of()
    {
        Start();
        _device.IsGone = true;
        Status status = Status.Ok;
        for (int i = 0; i < 10_000 && status == Status.Ok; i++)
        {
            status = _driver.Poll();
        }
        Assert.Equal(Status.DeviceGone, status);
    }

    [Fact]
    public void After_the_end_the_card_is_reset()
    {
        Start();
        _driver.Stop();
        Assert.Equal(2, _device.Resets);
        Assert.False(_device.IsReceiving);
        _driver.Stop();
        Assert.Equal(2, _device.Resets);
    }

    private static DmaRegion Region => new(0x10_0000, E1000Unit.RegionBytes);

    private static void AssertRight(byte[] frame)
    {
        Assert.Equal(frame.Length - 14, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16)));
        Assert.Equal(0, Frame.Checksum(frame.AsSpan(14, 20)));
        Assert.Equal(0, Frame.TcpChecksum(frame, frame.Length));
    }

    private void Start()
    {
        Assert.True(_driver.Supports(_function));
        Assert.Equal(Status.Ok, _driver.Start(_function, Region));
    }

    // As the stack writes it.
    private void Head(int payloadBytes)
    {
        Span<byte> head = _driver.NextFrame;
        EthernetFrame.Write(head, MacAddress.Broadcast, _driver.Mac, EthernetFrame.Ipv4);
        Ipv4Packet.WriteHeader(head[14..], Ipv4Packet.Tcp, From, To, 20 + payloadBytes, 7);
        TcpSegment.WriteHeader(head[34..], 20, 50_000, 7000, 1000, 2000, TcpFlags.Ack, 1024);
        TcpSegment.Seal(head[34..], From, To, 20 + payloadBytes, isFinishedByCard: true);
    }
}
