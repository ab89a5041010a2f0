using System;

namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>The NCQ command error log, page 10h (ACS-3, 9.14): which queued command failed.</summary>
internal static class NcqErrorLog
{
    private const int TagByte = 0;
    private const int StatusByte = 2;
    private const int ErrorByte = 3;
    private const byte NotQueued = 0x80;
    private const byte TagMask = 0x1F;

    /// <summary>
    /// The tag of the failed command, and the device's error and status. False: the log is damaged, or tells of no queued
    /// command, or of no error.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> page, out int tag, out uint code)
    {
        byte sum = 0;
        for (int i = 0; i < page.Length; i++)
        {
            sum += page[i];
        }
        tag = page[TagByte] & TagMask;
        code = ((uint)page[ErrorByte] << 8) | page[StatusByte];
        return sum == 0
            && (page[TagByte] & NotQueued) == 0
            && (page[StatusByte] & AhciPortRegister.DeviceError) != 0;
    }
}
