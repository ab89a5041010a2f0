namespace CosmosKdump.Lab.Guests;

/// <summary>The moments of a capture, seconds since QEMU's start; NaN: it did not happen or was not seen.</summary>
/// <param name="Panic">The first line on the console that tells of the crash.</param>
/// <param name="CaptureStarted">The capture kernel's first line (stock kdump: its initramfs is about to copy).</param>
/// <param name="FirstByte">The first disk's first bytes changed.</param>
/// <param name="Done">The dump is complete and flushed.</param>
public readonly record struct GuestTimes(double Panic, double CaptureStarted, double FirstByte, double Done)
{
    /// <summary>Seconds from the panic to the capture's start.</summary>
    public double ToStart => CaptureStarted - Panic;

    /// <summary>Seconds from the panic to the first byte on the disk.</summary>
    public double ToFirstByte => FirstByte - Panic;

    /// <summary>Seconds from the panic to the complete dump.</summary>
    public double ToDone => Done - Panic;

    /// <summary>Seconds of the capture itself.</summary>
    public double Capturing => Done - CaptureStarted;
}
