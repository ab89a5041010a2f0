using System;
using System.Buffers.Binary;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Memory;

/// <summary>
/// The crashed kernel's x86-64 page tables, 4 or 5 levels, with pages of 4 KiB, 2 MiB and 1 GiB (Intel SDM vol. 3,
/// 4.5). A walk reads one entry per level, whatever the tables hold.
/// </summary>
public sealed class PageTables
{
    private const ulong Present = 1;
    private const ulong LargePage = 1 << 7;
    private const ulong AddressBits = (Limits.PhysicalEnd - 1) & ~(ulong)(Limits.PageBytes - 1);

    private readonly VmcoreFile _vmcore;
    private readonly ulong _root;
    private readonly int _levels;
    private readonly ulong _addressMask;

    /// <summary>Tables of a vmcore.</summary>
    /// <param name="vmcore">The vmcore.</param>
    /// <param name="root">Physical address of the top table.</param>
    /// <param name="levels">4 or 5.</param>
    /// <param name="encryptionMask">Bits of an entry that mark encrypted memory (NUMBER(sme_mask)), or 0.</param>
    public PageTables(VmcoreFile vmcore, ulong root, int levels, ulong encryptionMask)
    {
        _vmcore = vmcore;
        _root = root;
        _levels = levels;
        _addressMask = AddressBits & ~encryptionMask;
    }

    /// <summary>
    /// Translates a virtual address. Errors: <see cref="Status.AddressOutOfRange"/> if it is not canonical or not
    /// mapped, <see cref="Status.MemoryUnreadable"/> if a table is not in the vmcore.
    /// </summary>
    public Status Translate(ulong address, out ulong physicalAddress)
    {
        physicalAddress = 0;
        int unused = 64 - 12 - (9 * _levels);
        if ((ulong)((long)(address << unused) >> unused) != address)
        {
            return Status.AddressOutOfRange;
        }
        Span<byte> raw = stackalloc byte[sizeof(ulong)];
        ulong table = _root;
        for (int level = _levels; level > 0; level--)
        {
            int shift = 12 + (9 * (level - 1));
            ulong index = (address >> shift) & 511;
            Status status = _vmcore.ReadPhysical(table + (index * sizeof(ulong)), raw);
            if (status != Status.Ok)
            {
                return status;
            }
            ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(raw);
            if ((entry & Present) == 0)
            {
                return Status.AddressOutOfRange;
            }
            bool isPage = level == 1 || (level <= 3 && (entry & LargePage) != 0);
            if (isPage)
            {
                ulong inside = (1UL << shift) - 1;
                physicalAddress = (entry & _addressMask & ~inside) | (address & inside);
                return Status.Ok;
            }
            table = entry & _addressMask;
        }
        return Status.AddressOutOfRange;
    }
}
