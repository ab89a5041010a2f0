using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Net;
using CosmosKdump.Tests.Unit.Capture.Stream;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>What an HTTP server gets, and what its answers mean.</summary>
public class HttpSinkTests
{
    private readonly NetFixture _net = new(4, 2);
    private readonly byte[] _path = GC.AllocateArray<byte>(64, pinned: true);

    [Fact]
    public void An_elf_dump_is_put_as_it_is()
    {
        AnswerAtEnd("HTTP/1.1 201 Created\r\n\r\n");
        Assert.Equal(Status.Ok, SendAll(DumpFormat.Elf, "/dumps/vmcore"));
        (string head, byte[] body) = Request();
        Assert.StartsWith("PUT /dumps/vmcore HTTP/1.1\r\nHost: 10.0.2.2:7000\r\n", head);
        Assert.Contains($"Content-Length: {NetFixture.DataPages * 4096}\r\n", head);
        Assert.Contains("If-None-Match: *\r\n", head);
        Assert.True(_net.Data.SequenceEqual(body));
    }

    [Fact]
    public void A_compressed_dump_is_put_flattened_in_chunks()
    {
        AnswerAtEnd("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal(Status.Ok, SendAll(DumpFormat.Kdump, "/dumps/"));
        (string head, byte[] body) = Request();
        Assert.StartsWith("PUT /dumps/vmcore-1700000000.flat HTTP/1.1\r\n", head);
        Assert.Contains("Transfer-Encoding: chunked\r\n", head);
        byte[] flat = Unchunk(body);
        Assert.True(flat.AsSpan().StartsWith("makedumpfile\0"u8));
        Assert.True(_net.Data.SequenceEqual(Unflatten(flat)));
    }

    [Fact]
    public void What_cannot_be_read_is_zeros_and_counted()
    {
        _net.Unreadable.Add(NetFixture.DataAddress + (50 * 4096));
        AnswerAtEnd("HTTP/1.1 200 OK\r\n\r\n");
        Assert.Equal(Status.Ok, SendAll(DumpFormat.Elf, "/x", pagesLost: 1));
        _net.Data.Slice(50 * 4096, 4096).Clear();
        Assert.True(_net.Data.SequenceEqual(Request().Body));
    }

    [Fact]
    public void A_flattened_dump_that_lacks_pages_ends_with_headers_that_say_so()
    {
        _net.Unreadable.Add(NetFixture.DataAddress + (50 * 4096));
        AnswerAtEnd("HTTP/1.1 200 OK\r\n\r\n");
        Assert.Equal(Status.PagesLost, SendAll(DumpFormat.Kdump, "/x", pagesLost: 1, Status.PagesLost));
        byte[] flat = Unchunk(Request().Body);
        byte[] dump = Unflatten(flat);
        _net.Data.Slice(50 * 4096, 4096).Clear();
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(_net.Data[KdumpHeader.StatusAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(_net.Data[KdumpHeader.StatusAt..], flags | KdumpHeader.Incomplete);
        Assert.True(_net.Data.SequenceEqual(dump));
        // As often as crash needs it.
        int records = (flat.Length - 4096 - dump.Length) / (4096 + 16);
        Assert.InRange(records, 2, 4);
    }

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n", Status.HttpRefused)]
    [InlineData("HTTP/1.1 500 Oops\r\n\r\n", Status.HttpRefused)]
    [InlineData("HTTP/1.1 301 Moved\r\n\r\n", Status.HttpRefused)]
    [InlineData("SSH-2.0-OpenSSH\r\n", Status.AnswerMalformed)]
    [InlineData("HTTP/1.1\r\n", Status.AnswerMalformed)]
    [InlineData("HTTP/1.1 2x1 Created\r\n\r\n", Status.HttpRefused)]
    public void Anything_but_success_is_no_dump(string answer, Status expected)
    {
        AnswerAtEnd(answer);
        Assert.Equal(expected, SendAll(DumpFormat.Elf, "/x"));
    }

    [Fact]
    public void A_refusal_on_the_way_ends_the_upload()
    {
        _net.Host.Says = count => count > 100_000 ? Encoding.ASCII.GetBytes("HTTP/1.1 413 Too Large\r\n\r\n") : null;
        Assert.Equal(Status.HttpRefused, SendAll(DumpFormat.Elf, "/x"));
        _net.Wire.Sleep(10_000);
        _net.Wire.Look();
        Assert.True(_net.Host.HasReset || _net.Host.HasFin, "the connection is left");
    }

    [Fact]
    public void Silence_at_the_end_is_no_success()
    {
        _net.Wire.LookMicroseconds = 200;
        Assert.Equal(Status.NotConfirmed, SendAll(DumpFormat.Elf, "/x"));
    }

    private void AnswerAtEnd(string answer)
    {
        // An ELF dump's length is known, a chunked body ends with an empty chunk.
        _net.Host.Says = count =>
        {
            if (count < NetFixture.DataPages * 4096)
            {
                return null;
            }
            byte[] bytes = [.. _net.Host.Received];
            (string head, byte[] body) = Request();
            bool isEnd = head.Contains("chunked", StringComparison.Ordinal)
                ? bytes.AsSpan().EndsWith("\r\n0\r\n\r\n"u8)
                : body.Length == NetFixture.DataPages * 4096;
            return isEnd ? Encoding.ASCII.GetBytes(answer) : null;
        };
    }

    private Status SendAll(DumpFormat format, string path, ulong pagesLost = 0, Status outcome = Status.Ok)
    {
        int length = Encoding.ASCII.GetBytes(path, _path);
        var target = new HttpTarget(
            NetFixture.Server, new HeldBuffer(new DmaBuffer(_path.AsSpan(0, length), 0)), overwrites: false);
        var sink = new HttpSink<CardLink, WireClock, TestPhysicalMemory>(
            new CardLink(_net.Card), new WireClock(_net.Wire), new TestPhysicalMemory(_net.Memory, _net.Unreadable),
            _net.Memory.Buffer(0, NetFixture.BufferPages), in target);
        sink.Connection.Engine.Port.Settings = NetFixture.Settings;
        Assert.Equal(Status.Ok, sink.Connection.Connect(NetFixture.Server));
        var facts = new DumpFacts(NetFixture.DataPages * 4096, 1_700_000_000, format, 0);
        Status status = sink.Begin(facts);
        for (ulong at = 0; at < facts.LengthBytes && status == Status.Ok; at += 100 * 4096)
        {
            status = sink.Submit(new DumpChunk(at, NetFixture.DataAddress + at, 100 * 4096));
        }
        status = sink.Finish(status == Status.Ok ? outcome : status, facts);
        Assert.Equal(pagesLost, sink.PagesLost);
        sink.Connection.Close();
        return status;
    }

    private (string Head, byte[] Body) Request()
    {
        byte[] bytes = [.. _net.Host.Received];
        int end = bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        return (Encoding.ASCII.GetString(bytes, 0, end), bytes[end..]);
    }

    private static byte[] Unchunk(byte[] body)
    {
        var output = new MemoryStream();
        for (int at = 0; ;)
        {
            int line = body.AsSpan(at).IndexOf("\r\n"u8);
            int length = int.Parse(
                Encoding.ASCII.GetString(body, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += line + 2;
            output.Write(body, at, length);
            at += length;
            Assert.Equal("\r\n"u8, body.AsSpan(at, 2));
            at += 2;
            if (length == 0)
            {
                Assert.Equal(body.Length, at);
                return output.ToArray();
            }
        }
    }

    private static byte[] Unflatten(byte[] flat)
    {
        byte[] dump = new byte[NetFixture.DataPages * 4096];
        for (int at = 4096; ;)
        {
            long offset = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(flat.AsSpan(at));
            long length = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(flat.AsSpan(at + 8));
            at += 16;
            if (offset == -1)
            {
                Assert.Equal((-1L, flat.Length), (length, at));
                return dump;
            }
            flat.AsSpan(at, (int)length).CopyTo(dump.AsSpan((int)offset));
            at += (int)length;
        }
    }
}
