namespace CosmosKdump.Lab.Guests;

/// <summary>QEMU's machine type.</summary>
public enum GuestMachine
{
    /// <summary>i440FX: PCI.</summary>
    Pc,

    /// <summary>Q35: PCI Express.</summary>
    Q35,
}
