using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>An IOMMU of one kind.</summary>
internal interface IIommuUnit
{
    /// <summary>Signature of the ACPI table that tells where such units are.</summary>
    ReadOnlySpan<byte> TableSignature { get; }

    /// <summary>What the kind is called.</summary>
    ReadOnlySpan<byte> Name { get; }

    /// <summary>Physical address of the registers.</summary>
    ulong Address { get; }

    /// <summary>It translates what devices read and write.</summary>
    bool IsTranslating { get; }

    /// <summary>The register that tells what is switched on, for the report.</summary>
    uint State { get; }

    /// <summary>
    /// Looks whether a structure of the table tells of a unit, and maps its registers. Writes nothing.
    /// <see cref="Status.NoDevice"/>: it does not, or the unit is better left alone.
    /// </summary>
    Status Open(in RemappingStructures structure);

    /// <summary>
    /// Switches it off, so that devices reach memory at the addresses that they are given;
    /// <see cref="Status.IommuStuck"/>: it stays on.
    /// </summary>
    Status Stop();
}
