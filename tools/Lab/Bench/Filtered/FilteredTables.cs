using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Bench.Report;

namespace CosmosKdump.Lab.Bench.Filtered;

/// <summary>The tables of dumps of level 31.</summary>
public static class FilteredTables
{
    private const string DumpsMethod =
        "kdump-compressed format, dump level 31, file-backed NVMe disk, every byte of its image written beforehand, "
        + "cache=unsafe. Panic, start, first byte and done as in the other tables; × is how many times as long stock's "
        + "makedumpfile -l takes on a guest with as many CPUs. Stock kdump runs with nr_cpus=1, Debian's default, whatever "
        + "the guest has; ours compresses on all of its CPUs. Filter: the time to look at every page struct once, as each "
        + "side tells it. Written: for stock the sectors that the disk took, in flattened format. Medians, with the lowest "
        + "and the highest of the runs in parentheses; without, it was measured once.";

    private const string LargeMethod =
        "The same on guests of 16 and 64 GiB with one CPU, most of whose memory was never touched: it costs the host "
        + "nothing. Ours in crashkernel=4M, stock in 256M (16 GiB) and 512M (64 GiB). exclude_vmemmap and -e leave out the "
        + "page structs of excluded pages too; both on guests with page tables of four levels, because makedumpfile's -e "
        + "does nothing with five; × is to the same way of filtering.";

    private const string FilterMethod =
        "One pass over all page structs, without output. Ours: the time in the capture kernel's line of pages. makedumpfile: "
        + "the first \"STEP [Excluding unnecessary pages]\" of its own report messages (--message-level 20) in stock kdump's "
        + "kernel on the same guest. Neither its search for memory holes nor ours for page structs and symbols is counted, "
        + "nor that it makes the pass twice for one dump.";

    /// <summary>The tables of the parts that were asked for.</summary>
    public static IEnumerable<Table> Of(BenchResult result)
    {
        if (result.Parts.Contains(BenchPart.Dumps))
        {
            yield return Captures(result, "Dumps of level 31, 1 GiB guest", DumpsMethod, FilteredCases.Dumps);
        }
        if (result.Parts.Contains(BenchPart.Filter))
        {
            yield return Filter(result);
            yield return Captures(
                result, "Dumps of level 31, large guests", LargeMethod,
                result.LargeMemories.SelectMany(FilteredCases.Filter));
        }
    }

    private static Table Captures(
        BenchResult result, string title, string method, IEnumerable<FilteredCase> cases)
    {
        List<string[]> rows = [];
        foreach (FilteredCase one in cases)
        {
            Sample[] samples = result.FilteredSamples(one);
            if (samples.Length != 0)
            {
                FilteredCase stock = one.Stock with { Compression = Compression.Lzo };
                double theirs = result.FilteredMedian(stock)?.ToDone ?? double.NaN;
                rows.Add(
                [
                    $"{one}",
                    Figures.Seconds(samples, sample => sample.ToStart),
                    Figures.Seconds(samples, sample => sample.ToFirstByte),
                    Figures.Seconds(samples, sample => sample.ToDone),
                    Figures.Times(theirs, Sample.Median(samples).ToDone),
                    Figures.Seconds(result.FilterSeconds(one)),
                    Figures.Megabytes(Sample.Median(samples).WrittenBytes),
                ]);
            }
        }
        return new(title, method, ["", "start, s", "first byte, s", "done, s", "×", "filter, s", "written, MB"], rows);
    }

    private static Table Filter(BenchResult result)
    {
        List<string[]> rows = [];
        foreach (int memory in result.LargeMemories)
        {
            FilteredCase ours = new(true, Compression.Lzo, memory);
            double one = result.FilterSeconds(ours);
            double other = result.FilterSeconds(ours.Stock);
            rows.Add([ours.Guest, Figures.Seconds(one), Figures.Seconds(other), Figures.Share(one, other)]);
        }
        return new(
            "The filter alone, level 31", FilterMethod, ["", "CosmosKdump, s", "makedumpfile, s", "CosmosKdump of it"],
            rows);
    }
}
