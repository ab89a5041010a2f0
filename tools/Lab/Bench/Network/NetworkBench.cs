using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Bench.Network;

/// <summary>Sends the same number of bytes over the same network, by a crashed guest or by one that is well.</summary>
public static partial class NetworkBench
{
    /// <summary>Bytes sent: the memory of the guest that crashes, MiB.</summary>
    public const int LengthMiB = 256;

    private const int LinuxMemoryMiB = 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    // Where both see each other over QEMU's user network.
    private const string UserHost = "10.0.2.2";
    private const string UserGuest = "10.0.2.15";

    /// <summary>Measures one transfer.</summary>
    public static NetworkSample Measure(NetworkCase one, Progress progress)
    {
        using TapDevice? tap = one.Kind == NetworkKind.Tap ? new TapDevice() : null;
        using CountingServer server = new(tap?.HostAddress ?? "127.0.0.1");
        string host = tap?.HostAddress ?? UserHost;
        string own = tap is null ? $"{UserGuest}/24" : $"{tap.GuestAddress}/30";
        string device = one.Card == NetworkCard.Virtio ? "virtio-net-pci" : "e1000e";
        GuestOptions options = new()
        {
            Name = $"bench-network-{one.Kind}-{one.Card}-{one.Sender}",
            Preallocated = true,
            QemuArguments = tap?.QemuArguments(device) ?? ["-netdev", "user,id=net", "-device", $"{device},netdev=net"],
        };
        return one.Sender switch
        {
            NetworkSender.Linux => OfLinux(one, options, server, host, own, progress),
            NetworkSender.Ours => OfOurs(one, options, server, $"http://{host}:{server.Port}/vmcore", own, progress),
            _ => ToReceive(one, options, tap?.HostAddress ?? "127.0.0.1", host, own, progress),
        };
    }

    private static NetworkSample OfLinux(
        NetworkCase one, GuestOptions options, CountingServer server, string host, string own, Progress progress)
    {
        using Guest guest = Guest.Boot(
            options with
            {
                MemoryMiB = LinuxMemoryMiB,
                CrashKernel = "",
                Kernel = one.Card == NetworkCard.Virtio ? KernelSeries.Linux61 : KernelSeries.Linux61Full,
                Modules = [one.Card == NetworkCard.Virtio ? "virtio_net" : "e1000e"],
                BeforeCrash = $"""
                    dd if=/dev/zero of=/tmp/block bs=1M count={LengthMiB} 2>/dev/null
                    ip link set eth0 up; ip addr add {own} dev eth0
                    for i in 1 2 3 4 5 6 7 8 9; do [ "$(cat /sys/class/net/eth0/carrier)" = 1 ] && break; sleep 1; done
                    nc {host} {server.Port} < /tmp/block
                    echo "{GuestJob.Mark}sent, exit code $?"
                    """,
                BootLimit = Limit,
            },
            progress);
        guest.Console.WaitFor(Sent(), TimeSpan.Zero);
        (long bytes, double seconds) = server.Result(Limit);
        if (bytes != (long)LengthMiB << 20)
        {
            throw guest.Console.Missing($"only {bytes} bytes arrived");
        }
        return new(one, bytes, seconds);
    }

    private static NetworkSample OfOurs(
        NetworkCase one, GuestOptions options, CountingServer server, string target, string own, Progress progress)
    {
        using Guest guest = Capture(options, target, own, progress);
        (long bytes, double seconds) = server.Result(Limit);
        return new(one, bytes, seconds);
    }

    private static NetworkSample ToReceive(
        NetworkCase one, GuestOptions options, string address, string host, string own, Progress progress)
    {
        string folder = Directory.CreateTempSubdirectory("ckdump-bench-").FullName;
        using Process receiver = Process.Start(new ProcessStartInfo(
            CkdumpTool.Path, ["receive", "--listen", $"{address}:0", "-o", folder, "--keep-free", "0", "--once"])
        {
            RedirectStandardError = true,
        })!;
        try
        {
            string line = receiver.StandardError.ReadLine() ?? "";
            string port = line[(line.LastIndexOf(':') + 1)..];
            // What it says of its progress must not fill the pipe.
            _ = receiver.StandardError.BaseStream.CopyToAsync(Stream.Null);
            using Guest guest = Capture(options, $"tcp:{host}:{port}", own, progress);
            long bytes = 0;
            foreach (string file in Directory.EnumerateFiles(folder))
            {
                bytes += new FileInfo(file).Length;
            }
            return new(one, bytes, guest.Times.Capturing);
        }
        finally
        {
            receiver.Kill();
            receiver.WaitForExit();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Guest Capture(GuestOptions options, string target, string own, Progress progress)
    {
        Guest guest = Guest.Capture(
            options with
            {
                MemoryMiB = LengthMiB,
                Capture = CaptureKernel.Ours($"kdump.target={target} kdump.ip={own} kdump.final_action=poweroff"),
                BootLimit = Limit,
            },
            Limit,
            progress);
        if (guest.Console.Find(Complete()) is null)
        {
            using (guest)
            {
                throw guest.Console.Missing("the capture did not succeed");
            }
        }
        return guest;
    }

    [GeneratedRegex("^ckdump: dump complete")]
    private static partial Regex Complete();

    [GeneratedRegex("^LAB: sent, exit code 0")]
    private static partial Regex Sent();
}
