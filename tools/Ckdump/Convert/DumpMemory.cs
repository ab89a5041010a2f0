using System;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The memory port over a dump, with the image of its elfcorehdr, if any, beyond its memory.</summary>
public readonly struct DumpMemory(VmcoreFile vmcore, CoreImage? image) : IPhysicalMemory
{
    /// <inheritdoc/>
    public ulong PhysicalEnd => Limits.PhysicalEnd;

    /// <inheritdoc/>
    public Status Read(ulong address, Span<byte> destination)
    {
        if (address < CoreImage.Address)
        {
            Status status = vmcore.ReadPhysical(address, destination);
            return status == Status.Ok || vmcore is not ElfVmcore ? status : ReadCovered(address, destination, status);
        }
        ulong offset = address - CoreImage.Address;
        if (image is null || offset > (ulong)image.Bytes.Length
            || (ulong)destination.Length > (ulong)image.Bytes.Length - offset)
        {
            destination.Clear();
            return Status.MemoryUnreadable;
        }
        image.Bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
        return Status.Ok;
    }

    /// <summary>
    /// Reads bytes of one page as they are copied into another dump: what the dump left out is zeros there, and not lost on
    /// the way. <see cref="Status.MemoryUnreadable"/> if the dump has the page and it cannot be read.
    /// </summary>
    public Status ReadKept(ulong address, Span<byte> destination)
    {
        Status status = Read(address, destination);
        return status == Status.Ok || address >= CoreImage.Address
            || vmcore.StateOf(address / Limits.PageBytes) != PageState.Kept
            ? Status.Ok
            : status;
    }

    // A page that memory covers only in part is whole when that part can be read: the rest is zeros.
    private Status ReadCovered(ulong address, Span<byte> destination, Status unreadable)
    {
        Status status = unreadable;
        ulong end = address + (ulong)destination.Length;
        foreach (AddressRange range in vmcore.PhysicalRanges)
        {
            ulong first = Math.Max(range.Start, address);
            ulong last = Math.Min(range.End, end);
            if (first >= last)
            {
                continue;
            }
            status = vmcore.ReadPhysical(first, destination.Slice((int)(first - address), (int)(last - first)));
            if (status != Status.Ok)
            {
                return status;
            }
        }
        return status;
    }
}
