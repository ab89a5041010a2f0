namespace CosmosKdump.Capture.Filter;

/// <summary>What the crashed kernel used a page for, as far as a dump level asks.</summary>
public enum PageKind : byte
{
    /// <summary>No memory that the dump describes.</summary>
    Hole = 0,
    /// <summary>The kernel's own data but for slab, and everything that is not of another kind: always kept.</summary>
    Kernel = 1,
    /// <summary>The kernel's image but for text, debug tables and constants: data, bss.</summary>
    Image = 2,
    /// <summary>Holds page structs.</summary>
    PageStructs = 3,
    /// <summary>Holds page structs of excluded pages only.</summary>
    IdlePageStructs = 4,
    /// <summary>Its page struct could not be found or read: kept.</summary>
    Unknown = 5,
    /// <summary>Page cache without private data.</summary>
    Cache = 6,
    /// <summary>Page cache with private data.</summary>
    PrivateCache = 7,
    /// <summary>Anonymous memory and huge pages of processes.</summary>
    User = 8,
    /// <summary>Free.</summary>
    Free = 9,
    /// <summary>The hardware reported it bad: never touched.</summary>
    Poisoned = 10,
    /// <summary>Taken away from the machine, by a balloon for one.</summary>
    Offline = 11,
    /// <summary>The kernel's text.</summary>
    Text = 12,
    /// <summary>Zeros, where a format leaves them out, or not in the dump that memory is read from.</summary>
    Blank = 13,
    /// <summary>The kernel's symbols, types and tables for unwinding: a vmlinux has them too.</summary>
    DebugTables = 14,
    /// <summary>The kernel's slab: its small objects.</summary>
    Slab = 15,
    /// <summary>
    /// Given out before the page allocator ran (PG_reserved): per-CPU areas, page tables, tables of sections.
    /// </summary>
    Reserved = 16,
    /// <summary>Slab of the tasks, their memory descriptors and process numbers.</summary>
    Tasks = 17,
    /// <summary>Constants of the kernel's image, but for those that it sets while it boots.</summary>
    Constants = 18,
}
