using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>Maps device registers into the device area; a mapping stays for good, and is found again.</summary>
internal static class PhysicalMap
{
    internal const int WindowPages = 1;

    private static int _nextPage = WindowPages;
    private static int _keptPages = WindowPages;

    /// <summary>
    /// Maps a device's registers uncached. <see cref="Status.TooManyEntries"/> when the device area is full,
    /// <see cref="Status.AddressOutOfRange"/> where this CPU has no such address: a page table entry of it would fault.
    /// </summary>
    internal static Status MapDevice(ulong physical, ulong lengthBytes, out Mmio window)
    {
        window = default;
        ulong first = physical & ~0xFFFUL;
        ulong offset = physical - first;
        if (lengthBytes == 0 || physical >= PageTables.PhysicalEnd || lengthBytes > PageTables.PhysicalEnd - physical)
        {
            return Status.AddressOutOfRange;
        }
        ulong pages = (offset + lengthBytes + 4095) / 4096;
        if (pages > (ulong)(PageTables.DevicePages - _nextPage))
        {
            return Status.TooManyEntries;
        }
        int start = _nextPage;
        for (ulong i = 0; i < pages; i++)
        {
            PageTables.MapDevicePage(_nextPage++, first + (i * 4096), writable: true, uncached: true);
        }
        window = new Mmio(PageTables.DeviceBase + ((ulong)start * 4096) + offset, lengthBytes);
        return Status.Ok;
    }

    /// <summary>Makes what is mapped so far survive <see cref="Reset"/>: for devices of the whole run, as consoles.</summary>
    internal static void Keep() => _keptPages = _nextPage;

    /// <summary>
    /// Forgets all mappings that are not kept, between two targets. Windows on them must not be used any more.
    /// </summary>
    internal static void Reset() => _nextPage = _keptPages;
}
