using System.Collections.Generic;

namespace CosmosKdump.Tests.EndToEnd.Network;

/// <summary>QEMU's arguments for a network card.</summary>
public static class NetworkCard
{
    /// <summary>The host, as guests behind QEMU's user network see it.</summary>
    public const string Host = "10.0.2.2";

    /// <summary>The card, unless a test wants another.</summary>
    public const string Virtio = "virtio-net-pci";

    /// <summary>A card behind QEMU's user network, which reaches the host's loopback interface.</summary>
    public static IReadOnlyList<string> User(string device = Virtio) =>
        ["-netdev", "user,id=net", "-device", $"{device},netdev=net"];
}
