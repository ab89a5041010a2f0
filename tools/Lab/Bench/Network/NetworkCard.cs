namespace CosmosKdump.Lab.Bench.Network;

/// <summary>The guest's network card.</summary>
public enum NetworkCard
{
    /// <summary>virtio-net over PCI.</summary>
    Virtio,

    /// <summary>Intel's 82574L.</summary>
    E1000e,
}
