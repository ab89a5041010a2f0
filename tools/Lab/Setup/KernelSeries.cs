namespace CosmosKdump.Lab.Setup;

/// <summary>The Debian 12 kernels that the lab crashes, in their <c>cloud</c> flavour but for one.</summary>
public enum KernelSeries
{
    /// <summary>Linux 6.1, Debian 12's own.</summary>
    Linux61,

    /// <summary>Linux 6.12, from Debian 12's backported long-term series.</summary>
    Linux612,

    /// <summary>Linux 6.1 with the drivers of real machines, AHCI among them.</summary>
    Linux61Full,
}
