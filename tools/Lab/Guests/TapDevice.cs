using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// A network of the host and one guest, over a tap device: unlike QEMU's user network it takes frames whose checksum is
/// not finished and that are not segmented yet, so that a virtio card offers both. Needs root.
/// </summary>
public sealed class TapDevice : IDisposable
{
    private const int Networks = 64;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static int _count;
    private readonly string _name;
    private readonly string _network;

    /// <summary>Makes it.</summary>
    public TapDevice()
    {
        int number = Interlocked.Increment(ref _count) % Networks;
        _name = Text($"ckd{Environment.ProcessId}n{number}");
        _network = Text($"10.213.{Environment.ProcessId % 256}");
        HostAddress = Text($"{_network}.{(4 * number) + 1}");
        GuestAddress = Text($"{_network}.{(4 * number) + 2}");
        Ip("tuntap", "add", _name, "mode", "tap");
        Ip("addr", "add", HostAddress + "/30", "dev", _name);
        Ip("link", "set", _name, "up");
    }

    /// <summary>This host lets us make one.</summary>
    public static bool IsAvailable => Environment.IsPrivilegedProcess && File.Exists("/dev/net/tun");

    /// <summary>The host's address.</summary>
    public string HostAddress { get; }

    /// <summary>The guest's address, in a network of 30 bits.</summary>
    public string GuestAddress { get; }

    /// <summary>QEMU's arguments for a card at its other end.</summary>
    public IReadOnlyList<string> QemuArguments(string device = "virtio-net-pci") =>
        ["-netdev", $"tap,id=net,ifname={_name},script=no,downscript=no", "-device", $"{device},netdev=net"];

    /// <inheritdoc/>
    public void Dispose() => HostCommand.Run("ip", ["link", "del", _name], Limit);

    private static void Ip(params string[] arguments) => HostCommand.Output("ip", arguments);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
