using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// Conventional memory on loan to a device that reaches only 4 GiB, where our image lies above. What was in it was saved
/// before anything else ran, and comes back. The range lies behind the interrupt vectors and the BIOS data area and the
/// CPUs' trampoline, and far below the extended BIOS data area at the end of the 640 KiB.
/// </summary>
internal static class LowDmaMemory
{
    private const int First = 0x10000;
    private const int LengthBytes = StaticMemory.DeviceBytes;

    private static bool _isTaken;

    /// <summary>Lends the memory, which is mapped one to one like the image; its contents are whatever they were.</summary>
    internal static DmaRegion Take()
    {
        SetWritable(true);
        _isTaken = true;
        return new DmaRegion(First, LengthBytes);
    }

    /// <summary>Puts back what was there, if it was lent. The device must have let go of it.</summary>
    internal static void Return()
    {
        if (_isTaken)
        {
            _isTaken = false;
            StaticMemory.LowMemory.Bytes(First, LengthBytes).CopyTo(new DmaRegion(First, LengthBytes).Bytes(0, LengthBytes));
            SetWritable(false);
        }
    }

    private static void SetWritable(bool isWritable)
    {
        for (ulong page = First; page < First + LengthBytes; page += Limits.PageBytes)
        {
            PageTables.SetLowWritable(page, isWritable);
        }
    }
}
