using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>A set of bus numbers.</summary>
[InlineArray(4)]
internal struct PciBusSet
{
    private ulong _bits;

    /// <summary>Whether the set holds the bus.</summary>
    public readonly bool Contains(int bus) => (this[bus >> 6] >> (bus & 63) & 1) != 0;

    /// <summary>Adds a bus.</summary>
    public void Add(int bus) => this[bus >> 6] |= 1UL << (bus & 63);

    /// <summary>Adds the buses <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public void AddRange(int first, int last)
    {
        for (int bus = first; bus <= last; bus++)
        {
            Add(bus);
        }
    }
}
