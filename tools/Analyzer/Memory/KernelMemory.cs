using System;
using System.Buffers.Binary;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Memory;

/// <summary>
/// The crashed kernel's virtual memory. The kernel image is found by phys_base, everything else by the page tables,
/// and what they do not give by the virtual addresses of the program headers.
/// </summary>
public sealed class KernelMemory
{
    // Linux: Documentation/arch/x86/x86_64/mm.rst; __START_KERNEL_map in arch/x86/include/asm/page_64_types.h.
    private const ulong KernelMap = 0xFFFF_FFFF_8000_0000;
    private const ulong DefaultImageBytes = 1UL << 30;

    private readonly VmcoreFile _vmcore;
    private readonly PageTables? _tables;
    private readonly bool _hasBase;
    private readonly ulong _physicalBase;
    private readonly ulong _imageBytes;

    /// <summary>Memory of a vmcore, with what its VMCOREINFO tells of the layout.</summary>
    public KernelMemory(VmcoreFile vmcore, VmcoreInfoText info)
    {
        _vmcore = vmcore;
        _hasBase = info.Fields.TryGetConstant("phys_base"u8, out _physicalBase) == Status.Ok;
        bool hasSize = info.Fields.TryGetConstant("KERNEL_IMAGE_SIZE"u8, out ulong imageBytes) == Status.Ok;
        _imageBytes = hasSize && imageBytes <= DefaultImageBytes ? imageBytes : DefaultImageBytes;
        if ((info.Fields.TryGetSymbol("swapper_pg_dir"u8, out ulong top) == Status.Ok
                || info.Fields.TryGetSymbol("init_top_pgt"u8, out top) == Status.Ok)
            && TranslateImage(top, out ulong root) == Status.Ok)
        {
            bool isKnown = info.Fields.TryGetConstant("pgtable_l5_enabled"u8, out ulong isFiveLevel) == Status.Ok;
            _ = info.Fields.TryGetConstant("sme_mask"u8, out ulong encryptionMask);
            Levels = isKnown && isFiveLevel != 0 ? 5 : 4;
            _tables = new PageTables(vmcore, root, Levels, encryptionMask);
        }
    }

    /// <summary>Levels of the page tables, 0 if they were not found.</summary>
    public int Levels { get; }

    /// <summary>Translates a virtual address. Errors as <see cref="PageTables.Translate"/>.</summary>
    public Status Translate(ulong address, out ulong physicalAddress)
    {
        if (TranslateImage(address, out physicalAddress) == Status.Ok)
        {
            return Status.Ok;
        }
        Status status = _tables?.Translate(address, out physicalAddress) ?? Status.AddressOutOfRange;
        return status == Status.Ok ? status : _vmcore.TryGetPhysical(address, out physicalAddress);
    }

    /// <summary>
    /// Reads virtual memory. What is not mapped or not in the vmcore comes as zeros, with the first error.
    /// </summary>
    public Status Read(ulong address, Span<byte> destination)
    {
        Status status = Status.Ok;
        while (destination.Length > 0)
        {
            int inPage = Limits.PageBytes - (int)(address & (Limits.PageBytes - 1));
            Span<byte> piece = destination[..Math.Min(inPage, destination.Length)];
            Status pieceStatus = Translate(address, out ulong physicalAddress);
            if (pieceStatus == Status.Ok)
            {
                pieceStatus = _vmcore.ReadPhysical(physicalAddress, piece);
            }
            else
            {
                piece.Clear();
            }
            status = status == Status.Ok ? pieceStatus : status;
            address += (ulong)piece.Length;
            destination = destination[piece.Length..];
        }
        return status;
    }

    /// <summary>Reads an unsigned 64-bit number, which may be a pointer.</summary>
    public Status ReadUInt64(ulong address, out ulong value)
    {
        Span<byte> raw = stackalloc byte[sizeof(ulong)];
        Status status = Read(address, raw);
        value = BinaryPrimitives.ReadUInt64LittleEndian(raw);
        return status;
    }

    /// <summary>Reads an unsigned 32-bit number.</summary>
    public Status ReadUInt32(ulong address, out uint value)
    {
        Span<byte> raw = stackalloc byte[sizeof(uint)];
        Status status = Read(address, raw);
        value = BinaryPrimitives.ReadUInt32LittleEndian(raw);
        return status;
    }

    // Before phys_base was in VMCOREINFO (Linux 4.10, commit 401721ecd1dc) only the text segment tells it.
    private Status TranslateImage(ulong address, out ulong physicalAddress)
    {
        physicalAddress = 0;
        if (address < KernelMap || address - KernelMap >= _imageBytes)
        {
            return Status.AddressOutOfRange;
        }
        if (_hasBase)
        {
            physicalAddress = unchecked(address - KernelMap + _physicalBase);
            return Status.Ok;
        }
        return _vmcore.TryGetPhysical(address, out physicalAddress);
    }
}
