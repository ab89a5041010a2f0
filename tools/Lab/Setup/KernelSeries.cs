namespace CosmosKdump.Lab.Setup;

/// <summary>The Debian 12 kernels that the lab crashes (their <c>cloud</c> flavour).</summary>
public enum KernelSeries
{
    /// <summary>Linux 6.1, Debian 12's own.</summary>
    Linux61,

    /// <summary>Linux 6.12, from Debian 12's backported long-term series.</summary>
    Linux612,
}
