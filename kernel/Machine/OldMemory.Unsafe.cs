using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// The crashed kernel's memory, read through the one-to-one map, or page by page through a window where that does not
/// reach (page 0, and addresses beyond the lower half). Faults and machine checks become zeros and a status.
/// </summary>
internal readonly unsafe struct OldMemory : IPhysicalMemory
{
    public ulong PhysicalEnd => PageTables.PhysicalEnd;

    public Status Read(ulong address, Span<byte> destination)
    {
        if (address >= Limits.PhysicalEnd || (ulong)destination.Length > Limits.PhysicalEnd - address)
        {
            destination.Clear();
            return Status.AddressOutOfRange;
        }
        Status result = Status.Ok;
        int done = 0;
        while (done < destination.Length)
        {
            ulong at = address + (ulong)done;
            int length = Math.Min(destination.Length - done, 4096 - (int)(at & 0xFFF));
            ulong source = at;
            if (at < 4096 || at >= PageTables.LowerHalfEnd)
            {
                PageTables.MapDevicePage(0, at, writable: false, uncached: false);
                source = PageTables.DeviceBase + (at & 0xFFF);
            }
            Span<byte> piece = destination.Slice(done, length);
            fixed (byte* target = piece)
            {
                // probe_copy survives faults on the source; the target is the caller's span.
                nuint missing = ProbeCopy(target, (byte*)source, (nuint)length);
                if (missing != 0)
                {
                    piece.Slice(length - (int)missing).Clear();
                    result = Status.MemoryUnreadable;
                }
            }
            done += length;
        }
        CaptureProgress.Made();
        return result;
    }

    /// <summary>
    /// Copies a page through the one-to-one map alone, which any CPU may do: no mapping changes, and the window, of which
    /// there is one, is left alone.
    /// </summary>
    internal static Status ReadMapped(ulong address, Span<byte> page)
    {
        nuint missing = (nuint)page.Length;
        if (address >= 4096 && address < PageTables.LowerHalfEnd
            && (ulong)page.Length <= PageTables.LowerHalfEnd - address)
        {
            fixed (byte* target = page)
            {
                // probe_copy survives faults on the source; the target is the caller's span.
                missing = ProbeCopy(target, (byte*)address, (nuint)page.Length);
            }
        }
        if (missing == 0)
        {
            return Status.Ok;
        }
        page.Slice(page.Length - (int)missing).Clear();
        return Status.MemoryUnreadable;
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "probe_copy")]
    private static extern nuint ProbeCopy(byte* destination, byte* source, nuint length);
}
