using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// Virtual addresses of the crashed kernel, by its own page tables (Intel SDM vol. 3, 4.5: 4-level and 5-level
/// paging). They begin at swapper_pg_dir, which lies in the kernel's image.
/// </summary>
public struct KernelPaging
{
    // __START_KERNEL_map (Linux: Documentation/arch/x86/x86_64/mm.rst).
    private const ulong ImageBase = 0xFFFF_FFFF_8000_0000;
    private const ulong Present = 1;
    private const ulong LargePage = 1 << 7;
    private const ulong NoExecute = 1UL << 63;
    private const ulong AddressMask = (Limits.PhysicalEnd - 1) & ~0xFFFUL;

    private ulong _root;
    private ulong _addressMask;
    private int _levels;

    /// <summary>The last address that was translated may hold code.</summary>
    public bool IsExecutable { get; private set; }

    // The last translation, for the addresses that follow are often near.
    private ulong _cachedStart;
    private ulong _cachedEnd;
    private ulong _cachedPhysical;

    /// <summary>Finds the page tables by VMCOREINFO; <see cref="Status.VmcoreInfoIncomplete"/>.</summary>
    public static Status Open(scoped in VmcoreInfo info, out KernelPaging paging)
    {
        paging = default;
        Status status = info.TryGetSymbol("swapper_pg_dir"u8, out ulong root);
        if (status != Status.Ok)
        {
            status = info.TryGetSymbol("init_top_pgt"u8, out root);
        }
        if (status != Status.Ok || info.TryGetConstant("phys_base"u8, out ulong physicalBase) != Status.Ok
            || root < ImageBase)
        {
            return Status.VmcoreInfoIncomplete;
        }
        bool isFive = info.TryGetConstant("pgtable_l5_enabled"u8, out ulong five) == Status.Ok && five != 0;
        ulong encrypted = info.TryGetConstant("sme_mask"u8, out ulong mask) == Status.Ok ? mask : 0;
        paging._root = root - ImageBase + physicalBase;
        paging._addressMask = AddressMask & ~encrypted;
        paging._levels = isFive ? 5 : 4;
        return paging._root >= Limits.PhysicalEnd ? Status.VmcoreInfoIncomplete : Status.Ok;
    }

    /// <summary>
    /// Translates an address. <paramref name="lengthBytes"/>: so many bytes from there lie together.
    /// <see cref="Status.AddressNotMapped"/>, <see cref="Status.MemoryUnreadable"/>.
    /// </summary>
    public Status Translate<TMemory>(ref TMemory memory, ulong address, out ulong physical, out ulong lengthBytes)
        where TMemory : struct, IPhysicalMemory
    {
        if (address >= _cachedStart && address < _cachedEnd)
        {
            physical = _cachedPhysical + (address - _cachedStart);
            lengthBytes = _cachedEnd - address;
            return Status.Ok;
        }
        physical = 0;
        lengthBytes = 0;
        Span<byte> bytes = stackalloc byte[8];
        ulong table = _root;
        for (int level = _levels; level > 0; level--)
        {
            int shift = 12 + (9 * (level - 1));
            Status status = memory.Read(table + (((address >> shift) & 0x1FF) * 8), bytes);
            if (status != Status.Ok)
            {
                return status;
            }
            ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            if ((entry & Present) == 0)
            {
                return Status.AddressNotMapped;
            }
            table = entry & _addressMask;
            // Bit 7 means a large page in the second and third level; in the first it is the PAT.
            bool isLeaf = level == 1 || (level <= 3 && (entry & LargePage) != 0);
            if (isLeaf)
            {
                ulong size = 1UL << shift;
                _cachedStart = address & ~(size - 1);
                _cachedEnd = _cachedStart + size;
                _cachedPhysical = table & ~(size - 1);
                IsExecutable = (entry & NoExecute) == 0;
                physical = _cachedPhysical + (address - _cachedStart);
                lengthBytes = _cachedEnd - address;
                return Status.Ok;
            }
        }
        return Status.AddressNotMapped;
    }

    /// <summary>
    /// Reads bytes at a virtual address. What cannot be read comes as zeros, and the result is why.
    /// </summary>
    public Status Read<TMemory>(ref TMemory memory, ulong address, scoped Span<byte> destination)
        where TMemory : struct, IPhysicalMemory
    {
        Status result = Status.Ok;
        while (destination.Length > 0)
        {
            Status status = Translate(ref memory, address, out ulong physical, out ulong lengthBytes);
            if (status != Status.Ok)
            {
                destination.Clear();
                return status;
            }
            int length = (int)Math.Min(lengthBytes, (ulong)destination.Length);
            status = memory.Read(physical, destination[..length]);
            result = result == Status.Ok ? status : result;
            destination = destination[length..];
            address += (ulong)length;
        }
        return result;
    }

    /// <summary>Reads eight bytes at a virtual address.</summary>
    public Status Read<TMemory>(ref TMemory memory, ulong address, out ulong value)
        where TMemory : struct, IPhysicalMemory
    {
        Span<byte> bytes = stackalloc byte[8];
        Status status = Read(ref memory, address, bytes);
        value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return status;
    }
}
