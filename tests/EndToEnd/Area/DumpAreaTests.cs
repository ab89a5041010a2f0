using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using CosmosKdump.Tests.EndToEnd.Tools;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Area;

/// <summary>A dump area between <c>ckdump</c> and the capture kernel: prepared, written, saved, written again.</summary>
public sealed class DumpAreaTests : IDisposable
{
    private const int MemoryMiB = 256;
    private const string Complete = "ckdump: dump complete";
    private readonly string _folder = Directory.CreateTempSubdirectory("ckdump-area-").FullName;
    private readonly string _image;

    public DumpAreaTests()
    {
        _image = Path.Combine(_folder, "area.img");
        using (FileStream file = File.Create(_image))
        {
            file.SetLength((MemoryMiB + 64L) << 20);
        }
        CkdumpTool.Output("prepare", _image);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(KernelSeries.Linux61, CrashKind.SysRq, "Kernel panic - not syncing: sysrq triggered crash")]
    [InlineData(KernelSeries.Linux612, CrashKind.NullDereference, "BUG: kernel NULL pointer dereference")]
    public void A_dump_is_inspected_and_saved_and_then_the_area_takes_the_next(
        KernelSeries series, CrashKind crash, string message)
    {
        Crash(series, crash, "", Complete);

        JsonNode info = JsonNode.Parse(CkdumpTool.Output("info", "--json", _image))!;
        Assert.Equal("complete", (string?)info["area"]!["state"]);
        Assert.Equal(HostSetup.Release(series), (string?)info["kernel"]!["release"]);
        Assert.Contains(message, (string?)info["crash"]!["panic"] + (string?)info["crash"]!["cause"]);
        Assert.Equal(2, info["cpus"]!.AsArray().Count);
        Assert.Contains(message, CkdumpTool.Output("info", _image));

        CkdumpTool.Output("verify", "--read", _image);
        string log = CkdumpTool.Output("log", _image);
        Assert.Equal(LogLines.Of(DrgnUtility.Facts(HostSetup.Vmlinux(series), _image).Log), LogLines.Of(log));

        ulong length = VmcoreHeader.Read(_image).EndBytes;
        string content = Digest(_image, length);
        string vmcore = Path.Combine(_folder, "vmcore");
        CkdumpTool.Output("save", _image, "-o", vmcore);
        Assert.Equal(length, (ulong)new FileInfo(vmcore).Length);
        Assert.Equal(content, Digest(vmcore, length));
        Assert.True(AllocatedBytes(vmcore) < new FileInfo(vmcore).Length / 2, "the saved file has no holes");
        CkdumpTool.Output("verify", vmcore);
        Assert.Equal(log, CkdumpTool.Output("log", vmcore));
        Assert.Equal(AreaState.Prepared, State());

        Crash(series, CrashKind.SysRq, "", Complete);
        Assert.Equal(AreaState.Complete, State());
    }

    [Fact]
    public void A_dump_that_was_not_saved_is_overwritten_only_when_told_so()
    {
        Crash(KernelSeries.Linux61, CrashKind.SysRq, "", Complete);
        string first = CkdumpTool.Output("info", "--json", _image);

        Crash(KernelSeries.Linux612, CrashKind.SysRq, "", "area holds a dump that was not saved yet");
        Assert.Equal(first, CkdumpTool.Output("info", "--json", _image));
        CkdumpTool.Output("verify", _image);

        Crash(KernelSeries.Linux612, CrashKind.SysRq, "kdump.overwrite=1", Complete);
        CkdumpTool.Output("verify", _image);
        Assert.Equal(AreaState.Complete, State());
        JsonNode second = JsonNode.Parse(CkdumpTool.Output("info", "--json", _image))!;
        Assert.Equal(HostSetup.Release(KernelSeries.Linux612), (string?)second["kernel"]!["release"]);
    }

    private void Crash(KernelSeries series, CrashKind crash, string arguments, string outcome) => TestGuest.Capture(
        new GuestOptions
        {
            Kernel = series,
            MemoryMiB = MemoryMiB,
            Cpus = 2,
            CrashCpu = 1,
            Crash = crash,
            Disks = [new GuestDisk { Interface = DiskInterface.VirtioModern, ImagePath = _image }],
            Capture = CaptureKernel.Ours(
                $"kdump.final_action=poweroff kdump.failure_action=poweroff {arguments}"),
        },
        guest =>
        {
            Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
            Assert.Contains(outcome, guest.Console.Text);
        },
        nameof(DumpAreaTests));

    private AreaState State()
    {
        using FileStream file = File.OpenRead(_image);
        file.Position = file.Length - AreaLabel.Bytes;
        byte[] label = new byte[AreaLabel.Bytes];
        file.ReadExactly(label);
        Assert.Equal(Status.Ok, AreaLabel.Decode(label, (ulong)file.Length, out AreaLabel decoded));
        return decoded.State;
    }

    private static long AllocatedBytes(string path) => long.Parse(HostCommand.Output("stat", "-c", "%b", path)) * 512;

    private static string Digest(string path, ulong lengthBytes)
    {
        using FileStream file = File.OpenRead(path);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        for (ulong left = lengthBytes; left != 0;)
        {
            int count = (int)Math.Min(left, (ulong)buffer.Length);
            file.ReadExactly(buffer, 0, count);
            hash.AppendData(buffer, 0, count);
            left -= (ulong)count;
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
