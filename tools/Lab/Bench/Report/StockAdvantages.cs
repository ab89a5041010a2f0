using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CosmosKdump.Lab.Bench.Conversions;
using CosmosKdump.Lab.Bench.Disks;
using CosmosKdump.Lab.Bench.Filtered;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Report;

/// <summary>Every figure of a bench in which stock kdump is better than ours.</summary>
public static class StockAdvantages
{
    private static readonly (string Name, Func<Sample, double> Value, double Unit, string Format)[] Compared =
    [
        ("panic to start, s", sample => sample.ToStart, 1, "F3"),
        ("panic to first byte, s", sample => sample.ToFirstByte, 1, "F3"),
        ("panic to done, s", sample => sample.ToDone, 1, "F3"),
        ("written to the disk, MB", sample => sample.WrittenBytes, 1e6, "F0"),
    ];

    /// <summary>The table; it says so if there are none.</summary>
    public static Table Of(BenchResult result)
    {
        List<string[]> rows = [];
        foreach ((int memory, GuestLoad load) in result.Guests)
        {
            foreach (DiskMedium medium in new[] { DiskMedium.Written, DiskMedium.NullWithLabel })
            {
                foreach (Side side in new[] { Side.StockCopy, Side.StockFiltered })
                {
                    BenchCase stock = new(side, memory, medium, load);
                    rows.AddRange(Rows($"{stock}", result.Median(stock with { Side = Side.Ours }), result.Median(stock)));
                }
            }
        }
        foreach (FilteredCase stock in result.Filtered.Select(one => one.Case).Where(one => !one.IsOurs).Distinct())
        {
            FilteredCase ours = stock with { IsOurs = true };
            rows.AddRange(Rows($"{stock}", result.FilteredMedian(ours), result.FilteredMedian(stock)));
            rows.AddRange(Rows($"{stock}", "filter, s", result.FilterSeconds(ours), result.FilterSeconds(stock), "F3"));
        }
        foreach (ConversionCase stock in result.Conversions.Select(one => one.Case).Where(one => !one.IsOurs).Distinct())
        {
            ConversionCase ours = stock with { IsOurs = true };
            rows.AddRange(Rows(
                $"{stock}", "s", Sample.Median(result.ConversionSeconds(ours)),
                Sample.Median(result.ConversionSeconds(stock)), "F3"));
            rows.AddRange(Rows($"{stock}", "bytes", result.ConversionBytes(ours), result.ConversionBytes(stock), "F0"));
        }
        if (rows.Count == 0)
        {
            rows.Add(["no median of this bench", "–", "–", "–"]);
        }
        return new(
            "Where stock kdump is better",
            "Every median of every case in which stock's is the lower one. Where makedumpfile is held against a full dump, it "
            + "filters and compresses, so that it writes less.",
            ["case", "figure", "CosmosKdump", "stock"],
            rows)
        {
            IsText = true,
        };
    }

    private static IEnumerable<string[]> Rows(string name, Sample? ours, Sample? theirs) =>
        ours == null || theirs == null
            ? []
            : Compared.SelectMany(figure => Rows(
                name, figure.Name, figure.Value(ours) / figure.Unit, figure.Value(theirs) / figure.Unit, figure.Format));

    private static IEnumerable<string[]> Rows(string name, string figure, double ours, double theirs, string format)
    {
        if (theirs < ours)
        {
            yield return [name, figure, Text(ours, format), Text(theirs, format)];
        }
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
