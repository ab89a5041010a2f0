using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CosmosKdump.Lab.Bench.Disks;
using CosmosKdump.Lab.Bench.Filtered;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Report;

/// <summary>Writes a bench as Markdown, as JSON, and as one HTML page that needs nothing else.</summary>
public static class BenchReport
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; margin: 1rem 0; }
        th, td { padding: .25rem .75rem; border-bottom: 1px solid #ddd; text-align: right; }
        th:first-child, td:first-child, .text th, .text td { text-align: left; }
        td { font-variant-numeric: tabular-nums; }
        .wide { overflow-x: auto; }
        .bad { color: #b3261e; font-weight: 600; }
        .method { color: #666; font-size: .9rem; }
        svg { width: 100%; max-width: 720px; display: block; margin: 1.5rem 0; }
        svg text { font: 12px system-ui, sans-serif; fill: #222; }
        svg .title { font-weight: 600; font-size: 14px; }
        svg .mark { fill: #888; text-anchor: middle; }
        svg line { stroke: #e4e4e4; }
        .ours { fill: #1b7f4d; }
        .stock { fill: #b9bec6; }
        """;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>
    /// Writes <c>bench.md</c>, <c>bench.json</c> and <c>bench.html</c> into a folder; returns the Markdown.
    /// </summary>
    public static string Write(BenchResult result, string folder)
    {
        Directory.CreateDirectory(folder);
        List<Table> tables = BenchTables.Of(result);
        string markdown = $"# CosmosKdump bench\n\n{Summary(result)}\n\n{Outcome(result)}\n\n"
            + string.Join('\n', tables.Select(table => table.ToMarkdown()));
        File.WriteAllText(Path.Combine(folder, "bench.md"), markdown);
        File.WriteAllText(Path.Combine(folder, "bench.json"), JsonSerializer.Serialize(result, Json));
        File.WriteAllText(Path.Combine(folder, "bench.html"), Page(result, tables));
        return markdown;
    }

    private static string Summary(BenchResult result)
    {
        string when = result.Started.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        string runs = result.Runs == 1 ? "one run of each case" : $"{result.Runs} runs of each case but of the longest";
        string parts = result.Parts.Count == Enum.GetValues<BenchPart>().Length
            ? ""
            : $" Parts measured: {string.Join(", ", result.Parts).ToLowerInvariant()}.";
        return $"{when}, crashed kernel {result.KernelRelease}, {runs}.{parts} Host: {result.Host}, load "
            + $"{result.HostLoad} at the start. Absolute times depend on the host: compare only within this run.";
    }

    // One sentence that can be believed without reading a table.
    private static string Outcome(BenchResult result)
    {
        int notKept = Targets.NotKept(result);
        return Targets.AreMet(result)
            ? "Every promise that was measured is kept, and no measurement failed."
            : $"Promises that are not kept: {notKept}. Measurements that failed: {result.Failures.Count}.";
    }

    private static string Page(BenchResult result, List<Table> tables)
    {
        StringBuilder page = new("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width\">\n");
        page.Append("<title>CosmosKdump bench</title>\n<style>\n").Append(Style).Append("\n</style>\n");
        page.Append($"<h1>CosmosKdump bench</h1>\n<p>{System.Net.WebUtility.HtmlEncode(Summary(result))}</p>\n");
        string kind = Targets.AreMet(result) ? "" : " class=\"bad\"";
        page.Append($"<p{kind}>{Outcome(result)}</p>\n");
        page.Append(tables[0].ToHtml()).Append(tables[1].ToHtml());
        page.Append("<h2>Medians</h2>\n<p class=\"method\">All scales are logarithmic: a bar that is one mark longer is "
            + "ten times as much. Green is CosmosKdump.</p>\n");
        page.Append(FilteredChart(result));
        page.Append(Chart(result, "Panic to first byte, file-backed disk, s (less is better)", one => one.ToFirstByte));
        page.Append(Chart(result, "Panic to the complete dump, file-backed disk, s (less is better)", one => one.ToDone));
        page.Append(RateChart(result, "Rate, file-backed disk, MB/s (more is better)", DiskMedium.Written));
        page.Append(RateChart(result, "Rate, null-co disk, MB/s (more is better)", DiskMedium.NullWithLabel));
        foreach (Table table in tables.Skip(2))
        {
            page.Append(table.ToHtml());
        }
        return page.Append("</html>\n").ToString();
    }

    private static string Chart(BenchResult result, string title, Func<Sample, double> figure)
    {
        List<(string, double, bool)> bars = [];
        foreach ((int memory, GuestLoad load) in result.Guests)
        {
            string guest = $"{memory / 1024} GiB{(load == GuestLoad.Busy ? " full" : "")}";
            Add(Side.Ours, "CosmosKdump");
            Add(Side.StockCopy, "stock dd");
            Add(Side.StockFiltered, "stock makedumpfile");

            void Add(Side side, string name)
            {
                if (result.Median(new(side, memory, DiskMedium.Written, load)) is { } sample)
                {
                    bars.Add(($"{guest}, {name}", figure(sample), side == Side.Ours));
                }
            }
        }
        return new BarChart(title, bars).ToSvg();
    }

    private static string FilteredChart(BenchResult result) => new BarChart(
        "Panic to the complete dump of level 31, s (less is better)",
        [
            .. FilteredCases.Dumps.Concat(result.LargeMemories.SelectMany(FilteredCases.Filter)).Select(one => (
                $"{one.MemoryMiB / 1024} GiB, {one.Cpus} CPU, {one.Side.Replace("makedumpfile ", "")}",
                result.FilteredMedian(one)?.ToDone ?? double.NaN, one.IsOurs)),
        ]).ToSvg();

    private static string RateChart(BenchResult result, string title, DiskMedium medium)
    {
        List<(string, double, bool)> bars = [];
        foreach (int memory in result.Memories)
        {
            double ours = result.Median(new(Side.Ours, memory, medium))?.MegabytesPerSecond ?? double.NaN;
            double stock = result.Median(new(Side.StockCopy, memory, medium))?.MegabytesPerSecond ?? double.NaN;
            bars.Add(($"{memory / 1024} GiB, CosmosKdump", ours, true));
            bars.Add(($"{memory / 1024} GiB, disk's own limit", result.Limit(memory, medium, LimitWriter.Linux), false));
            bars.Add(($"{memory / 1024} GiB, stock dd", stock, false));
        }
        return new BarChart(title, bars).ToSvg();
    }
}
