using System;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench;

/// <summary>One capture, or the median of several.</summary>
/// <param name="ToStart">Seconds from the panic to the capture's start.</param>
/// <param name="ToFirstByte">Seconds from the panic to the first byte on the disk; NaN where it cannot be seen.</param>
/// <param name="ToDone">Seconds from the panic to the flushed dump.</param>
/// <param name="Capturing">Seconds from the capture's start to the flushed dump.</param>
/// <param name="DumpBytes">Length of the dump; for a filtered dump, of the memory that it describes.</param>
/// <param name="WrittenBytes">Length of what was written to the disk.</param>
public sealed record Sample(
    double ToStart, double ToFirstByte, double ToDone, double Capturing, long DumpBytes, long WrittenBytes)
{
    /// <summary>Millions of bytes per second while capturing.</summary>
    public double MegabytesPerSecond => DumpBytes / 1e6 / Capturing;

    /// <summary>A sample of a guest that is done.</summary>
    public static Sample Of(GuestTimes times, long dumpBytes, long writtenBytes) =>
        new(times.ToStart, times.ToFirstByte, times.ToDone, times.Capturing, dumpBytes, writtenBytes);

    /// <summary>The medians of several samples, each figure for itself.</summary>
    public static Sample Median(Sample[] samples) => new(
        Of(samples, sample => sample.ToStart),
        Of(samples, sample => sample.ToFirstByte),
        Of(samples, sample => sample.ToDone),
        Of(samples, sample => sample.Capturing),
        samples[0].DumpBytes,
        (long)Of(samples, sample => sample.WrittenBytes));

    /// <summary>The median of numbers; NaN for none.</summary>
    public static double Median(double[] values)
    {
        if (values.Length == 0)
        {
            return double.NaN;
        }
        double[] sorted = [.. values];
        Array.Sort(sorted);
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double Of(Sample[] samples, Func<Sample, double> figure) =>
        Median(Array.ConvertAll(samples, sample => figure(sample)));
}
