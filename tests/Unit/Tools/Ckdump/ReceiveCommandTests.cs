using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Tasks;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Stream;
using CosmosKdump.Ckdump.Receive;
using CosmosKdump.Tests.Unit.Capture.Stream;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class ReceiveCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ARecordedStreamBecomesTheSameDump()
    {
        StreamFixture sent = Record(out byte[] recording);
        string source = _folder.Make("line.bin", 0, 0, [.. "Booting\n"u8, .. recording, .. "done\n"u8]);
        string file = _folder.PathOf("vmcore");
        CkdumpRun run = CkdumpRun.Of("receive", source, "-o", file);
        Assert.Equal((0, "Booting\ndone\n"), (run.ExitCode, run.Error));
        Assert.Equal($"{file}: 2.3 MiB, crash of 2023-11-14 22:13:20 UTC, complete, as the sender has it\n", run.Output);
        Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(sent.Dump));
        Assert.False(File.Exists(file + ".incomplete"));
    }

    [Fact]
    public void QuietHidesTheConsoleText()
    {
        Record(out byte[] recording);
        string source = _folder.Make("line.bin", 0, 0, [.. "Booting\n"u8, .. recording]);
        CkdumpRun.Good("receive", source, "-q", "-o", _folder.PathOf("vmcore"));
    }

    [Fact]
    public void WhatIsMissingIsNamedAndTheRestIsKept()
    {
        StreamFixture sent = Record(out byte[] recording);
        // In the middle of page 1, which is the second Page frame.
        int hit = recording.AsSpan().IndexOf(sent.Page(1)[..32]);
        recording[hit + 100] ^= 1;
        string source = _folder.Make("line.bin", 0, 0, recording);
        string file = _folder.PathOf("vmcore");
        CkdumpRun run = CkdumpRun.Of("receive", source, "-o", file);
        Assert.Equal((3, ""), (run.ExitCode, run.Output));
        Assert.Contains("vmcore.incomplete: at offset 4096 (0x1000)", run.Error);
        Assert.Contains("4096 of 2457600 bytes are missing: 0x1000-0x2000", run.Error);
        Assert.False(File.Exists(file));
        byte[] kept = File.ReadAllBytes(file + ".incomplete");
        sent.Page(1).CopyTo(kept.AsSpan(4096));
        Assert.True(kept.AsSpan(0, kept.Length - 4096).SequenceEqual(sent.Dump));
        Assert.Equal(Status.Ok, AreaLabel.Decode(kept.AsSpan(kept.Length - 4096), (ulong)kept.Length, out AreaLabel mark));
        Assert.Equal((AreaState.Incomplete, Status.PagesLost, 1UL), (mark.State, mark.Outcome, mark.PagesLost));
    }

    [Fact]
    public void PagesThatTheSenderLostMakeTheDumpIncomplete()
    {
        var sent = new StreamFixture(isTwoWay: false);
        sent.Unreadable.Add(StreamFixture.AddressOf(1));
        sent.SendAll();
        string source = _folder.Make("line.bin", 0, 0, [.. sent.Line.Recording]);
        string file = _folder.PathOf("vmcore");
        string said = CkdumpRun.Incomplete("receive", "-q", source, "-o", file);
        Assert.StartsWith(file + ".incomplete: ", said);
        Assert.Contains("INCOMPLETE", said);
        Assert.False(File.Exists(file));
        byte[] kept = File.ReadAllBytes(file + ".incomplete");
        Assert.Equal(Status.Ok, AreaLabel.Decode(kept.AsSpan(kept.Length - 4096), (ulong)kept.Length, out AreaLabel mark));
        Assert.Equal((AreaState.Incomplete, 1UL), (mark.State, mark.PagesLost));
    }

    [Fact]
    public void WhatIsMissingIsThereAsJson()
    {
        StreamFixture sent = Record(out byte[] recording);
        recording[recording.AsSpan().IndexOf(sent.Page(1)[..32]) + 100] ^= 1;
        string source = _folder.Make("line.bin", 0, 0, recording);
        CkdumpRun run = CkdumpRun.Of("receive", source, "--json", "-o", _folder.PathOf("vmcore"));
        Assert.Equal(3, run.ExitCode);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.False(json.RootElement.GetProperty("verified").GetBoolean());
        JsonElement range = json.RootElement.GetProperty("missing").EnumerateArray().Single();
        Assert.Equal((4096, 8192), (range.GetProperty("start").GetInt32(), range.GetProperty("end").GetInt32()));
    }

    [Fact]
    public void AStreamThatIsCutNeverCountsAsWhole()
    {
        Record(out byte[] recording);
        var random = new Random(2);
        for (int i = 0; i < 20; i++)
        {
            int cut = random.Next(200, recording.Length - 70);
            string source = _folder.Make($"cut{i}.bin", 0, 0, recording.AsSpan(0, cut));
            string file = _folder.PathOf($"vmcore{i}");
            CkdumpRun.Bad(3, [file + ".incomplete"], "receive", source, "-o", file);
            Assert.False(File.Exists(file));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(1 << 20)]
    public void AFileWithoutADumpIsToldAndNothingIsMade(int lengthBytes)
    {
        byte[] noise = new byte[lengthBytes];
        new Random(1).NextBytes(noise);
        string source = _folder.Make("noise.bin", 0, 0, noise);
        CkdumpRun run = CkdumpRun.Of("receive", "-q", source, "-o", _folder.PathOf("vmcore"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no dump began", run.Error);
        Assert.Equal([source], Directory.GetFiles(_folder.Root));
    }

    [Theory]
    [InlineData("vmcore")]
    [InlineData("vmcore.incomplete")]
    public void NothingIsOverwritten(string existing)
    {
        Record(out byte[] recording);
        string source = _folder.Make("line.bin", 0, 0, recording);
        string path = _folder.Make(existing, 5);
        CkdumpRun.Bad(1, [path, "exists already"], "receive", source, "-o", _folder.PathOf("vmcore"));
        Assert.Equal(5, new FileInfo(path).Length);
    }

    [Fact]
    public void AnAbsurdLengthOfTheDumpIsAnErrorAndNotACrash()
    {
        var header = new FrameHeader
        {
            Type = FrameType.Begin,
            PayloadBytes = FramePayload.BeginBytes,
            LengthBytes = long.MaxValue & ~4095L,
        };
        byte[] frame = new byte[header.FrameBytes];
        header.Seal(frame);
        string source = _folder.Make("absurd.bin", 0, 0, frame);
        CkdumpRun run = CkdumpRun.Of("receive", source, "-o", _folder.PathOf("vmcore"));
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("ckdump: ", run.Error);
        Assert.Equal([source], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void SourcesThatAreNoneAreRefused()
    {
        CkdumpRun.Bad(1, ["/none", "no such"], "receive", "/none", "-o", _folder.PathOf("vmcore"));
        CkdumpRun.Bad(1, [_folder.Root, "is a directory"], "receive", _folder.Root, "-o", _folder.PathOf("vmcore"));
        CkdumpRun.Bad(1, ["/dev/null", "serial line"], "receive", "/dev/null", "-o", _folder.PathOf("vmcore"));
        CkdumpRun.Bad(2, ["--timeout"], "receive", "/dev/null", "-o", _folder.PathOf("vmcore"), "--timeout", "-1");
    }

    [Fact]
    public async Task OverASocketTheSenderIsAnsweredAndADamagedPageIsRepeated()
    {
        string path = _folder.PathOf("line.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        string file = _folder.PathOf("vmcore");
        Task<CkdumpRun> receiving = Task.Run(() => CkdumpRun.Of("receive", path, "-o", file));
        using Socket line = await listener.AcceptAsync();

        var fixture = new StreamFixture(isTwoWay: false);
        var sink = new SerialSink<SocketChannel, TestPhysicalMemory, WallClock>(
            new SocketChannel(line) { DamagedFrame = 5 }, new TestPhysicalMemory(fixture.Memory, []), default, fixture.Memory.Buffer(0, 2));
        Assert.Equal(Status.Ok, sink.Begin(StreamFixture.Facts));
        Assert.Equal(Status.Ok, sink.Submit(new DumpChunk(0, StreamFixture.AddressOf(0), StreamFixture.DumpPages * 4096)));
        Assert.Equal(Status.Ok, sink.Finish(Status.Ok, StreamFixture.Facts));

        CkdumpRun run = await receiving;
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("1 damaged frames repaired", run.Output);
        Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(fixture.Dump));
    }

    private static StreamFixture Record(out byte[] recording)
    {
        var fixture = new StreamFixture(isTwoWay: false);
        Assert.Equal(Status.NotConfirmed, fixture.SendAll());
        recording = [.. fixture.Line.Recording];
        return fixture;
    }

    [Theory]
    [InlineData(
        "stty: /dev/ttyS0: Permission denied\n", "/dev/ttyS0: Permission denied; run as root or join the group dialout")]
    [InlineData("stty: /dev/ttyS0: Inappropriate ioctl for device\n", "/dev/ttyS0: not a serial line")]
    [InlineData(
        "stty: 'standard input': /dev/ttyS0: Input/output error\n",
        "/dev/ttyS0: cannot be set up as a serial line: Input/output error")]
    [InlineData(
        "stty: invalid argument '12345'\nTry 'stty --help' for more information.\n",
        "/dev/ttyS0: serial lines have no speed of 12345; give --baud the speed of the sender")]
    public void ALineThatCannotBeSetUpIsNamedOnce(string said, string expected) =>
        Assert.Equal(expected, ReceiveSource.SetUpFailure("/dev/ttyS0", said, 12345).Message);

    [Fact]
    public void AnOutputThatCannotBeMadeIsToldBeforeADumpBegins()
    {
        string folder = _folder.PathOf("none");
        CkdumpRun.Bad(1, [$"{folder}/v", $"the directory {folder} does not exist"], "receive", "/dev/null", "-o", $"{folder}/v");
    }
}
