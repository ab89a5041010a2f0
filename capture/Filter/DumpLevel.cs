namespace CosmosKdump.Capture.Filter;

/// <summary>makedumpfile's dump level: which kinds of pages are left out of a dump (makedumpfile(8), option -d).</summary>
public readonly struct DumpLevel(byte value)
{
    /// <summary>Leaves out pages that are all zeros.</summary>
    public const byte Zero = 1;

    /// <summary>Leaves out page cache without private data.</summary>
    public const byte Cache = 2;

    /// <summary>Leaves out all page cache.</summary>
    public const byte PrivateCache = 4;

    /// <summary>Leaves out memory of processes.</summary>
    public const byte User = 8;

    /// <summary>Leaves out free pages.</summary>
    public const byte Free = 16;

    /// <summary>The highest level: all of them.</summary>
    public const byte Highest = 31;

    /// <summary>The level, 0 to 31.</summary>
    public byte Value { get; } = value;

    /// <summary>Page structs must be read to know what is left out.</summary>
    public bool NeedsPageStructs => (Value & ~Zero) != 0;

    /// <summary>
    /// Whether a page of this kind is left out. Poisoned and offline pages always are: the first must not be touched,
    /// and the second are not there.
    /// </summary>
    public bool Excludes(PageKind kind) => kind switch
    {
        PageKind.Cache => (Value & (Cache | PrivateCache)) != 0,
        PageKind.PrivateCache => (Value & PrivateCache) != 0,
        PageKind.User => (Value & User) != 0,
        PageKind.Free => (Value & Free) != 0,
        PageKind.Hole or PageKind.Poisoned or PageKind.Offline or PageKind.IdlePageStructs or PageKind.Blank => true,
        _ => false,
    };

    /// <summary>
    /// The next level when a dump does not fit: what is worth least goes first, free pages, then zeros, page cache and
    /// memory of processes. The highest level stays.
    /// </summary>
    public DumpLevel Raised()
    {
        byte missing = (byte)(Highest & ~Value);
        byte next = (missing & Free) != 0 ? Free
            : (missing & Zero) != 0 ? Zero
            : (missing & Cache) != 0 ? Cache
            : (missing & PrivateCache) != 0 ? PrivateCache
            : (byte)(missing & User);
        return new DumpLevel((byte)(Value | next));
    }
}
