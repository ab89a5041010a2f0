namespace CosmosKdump.Ckdump.Config;

/// <summary>How a line of the configuration names a target.</summary>
public enum ConfigTargetKind
{
    /// <summary>A disk or partition by its path (<c>raw</c>).</summary>
    Raw,
    /// <summary>A dump area by its UUID, or, without one, any (<c>disk</c>).</summary>
    Disk,
    /// <summary>A preallocated file on a file system (<c>file</c>).</summary>
    File,
    /// <summary>A receiver on the network (<c>tcp</c>, <c>net</c>).</summary>
    Tcp,
    /// <summary>A web server (<c>http</c>).</summary>
    Http,
    /// <summary>A serial line (<c>serial</c>).</summary>
    Serial,
}
