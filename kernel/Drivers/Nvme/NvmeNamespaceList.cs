using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>The first active namespace IDs of a controller.</summary>
[InlineArray(Capacity)]
internal struct NvmeNamespaceList
{
    /// <summary>Most namespaces that are looked at.</summary>
    public const int Capacity = 128;

    private uint _first;
}
