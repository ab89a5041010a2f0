using System;
using System.Text;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>
/// The memory of a machine that crashed, made by hand: what our kernel finds when QEMU starts it directly. Addresses
/// keep clear of the firmware and of our image at 1 MiB.
/// </summary>
public static class CrashedMemory
{
    /// <summary>Memory of the machine, MiB.</summary>
    public const int SizeMiB = 64;

    /// <summary>Where the ELF core header lies.</summary>
    public const ulong HeaderAt = 32 << 20;

    /// <summary>Where the notes lie.</summary>
    public const ulong NotesAt = 33 << 20;

    /// <summary>Where the memory lies that is dumped: seeded pages.</summary>
    public const ulong DataAt = 16 << 20;

    /// <summary>How much of it.</summary>
    public const int DataBytes = 4 << 20;

    /// <summary>Pages of it.</summary>
    public const int DataPages = DataBytes / SharedMemory.PageBytes;

    /// <summary>The seed of its pages.</summary>
    public const ulong Seed = 0x6B64_756D_7031;

    /// <summary>The release that VMCOREINFO names.</summary>
    public const string Release = "6.1.0-by-hand";

    /// <summary>Memory argument of our kernel.</summary>
    public const string Argument = "elfcorehdr=32M";

    /// <summary>A CPU's registers, and VMCOREINFO.</summary>
    public static byte[] Notes { get; } =
    [
        .. CoreHeader.Note("CORE", 1, new byte[336]),
        .. CoreHeader.Note("VMCOREINFO", 0, Encoding.ASCII.GetBytes(
            $"OSRELEASE={Release}\nPAGESIZE=4096\nCRASHTIME=1700000000\n")),
    ];

    /// <summary>A header without a fault: the notes and one segment.</summary>
    public static CoreHeader Header() => new CoreHeader().Notes(NotesAt, (ulong)Notes.Length).Load(DataAt, DataBytes);

    /// <summary>Lays everything out, with the usual header or another one.</summary>
    public static void Plant(SharedMemory memory, byte[]? header = null)
    {
        memory.Write(DataAt, SeededPages.Make(DataPages, Seed));
        memory.Write(NotesAt, Notes);
        memory.Write(HeaderAt, header ?? Header().ToBytes());
    }
}
