using System;
using System.Globalization;
using System.Linq;

namespace CosmosKdump.Lab.Bench.Report;

/// <summary>Figures as a table shows them; a dash for those that are missing.</summary>
public static class Figures
{
    private const string Missing = "–";

    /// <summary>Seconds: the median, and the lowest and the highest if there are several samples.</summary>
    public static string Seconds(Sample[] samples, Func<Sample, double> figure) =>
        Seconds(Array.ConvertAll(samples, sample => figure(sample)));

    /// <summary>Seconds: the median, and the lowest and the highest if there are several.</summary>
    public static string Seconds(double[] values)
    {
        string median = Seconds(Sample.Median(values));
        return values.Length < 2 || values.Any(double.IsNaN)
            ? median
            : $"{median} ({Seconds(values.Min())}–{Seconds(values.Max())})";
    }

    /// <summary>Seconds with three decimals.</summary>
    public static string Seconds(double value) => Text(value, "F3");

    /// <summary>How many times another figure it is.</summary>
    public static string Times(double value, double other) => Text(value / other, "F1");

    /// <summary>A whole number.</summary>
    public static string Number(double value) => Text(value, "F0");

    /// <summary>Bytes as millions with one decimal.</summary>
    public static string Megabytes(double bytes) => Text(bytes / 1e6, "F1");

    /// <summary>Its share of another figure in percent.</summary>
    public static string Share(double value, double other) =>
        double.IsNaN(value / other) ? Missing : Number(value / other * 100) + " %";

    private static string Text(double value, string format) =>
        double.IsNaN(value) ? Missing : value.ToString(format, CultureInfo.InvariantCulture);
}
