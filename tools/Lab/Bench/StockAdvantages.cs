using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench;

/// <summary>Every figure of a bench in which stock kdump is better than ours.</summary>
public static class StockAdvantages
{
    private static readonly (string Name, Func<Sample, double> Value, double Unit, string Format)[] Figures =
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
                    rows.AddRange(Rows(stock, result.Median(stock with { Side = Side.Ours }), result.Median(stock)));
                }
            }
        }
        if (rows.Count == 0)
        {
            rows.Add(["no median of this bench", "–", "–", "–"]);
        }
        return new(
            "Where stock kdump is better",
            "Every median of every case in which stock's is the lower one. makedumpfile filters and compresses, so that "
            + "it writes less; CosmosKdump writes all of memory.",
            ["case", "figure", "CosmosKdump", "stock"],
            rows)
        {
            IsText = true,
        };
    }

    private static IEnumerable<string[]> Rows(BenchCase stock, Sample? ours, Sample? theirs) =>
        from figure in ours == null || theirs == null ? [] : Figures
        where figure.Value(theirs!) < figure.Value(ours!)
        select new[]
        {
            $"{stock}", figure.Name, Text(figure.Value(ours!) / figure.Unit, figure.Format),
            Text(figure.Value(theirs!) / figure.Unit, figure.Format),
        };

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
