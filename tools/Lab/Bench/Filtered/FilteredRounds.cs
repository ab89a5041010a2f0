using System.Collections.Generic;
using System.IO;

namespace CosmosKdump.Lab.Bench.Filtered;

/// <summary>Makes dumps of level 31, each once in a round, onto one disk image.</summary>
public sealed class FilteredRounds : IBenchRounds
{
    // A dump of level 31 of a guest that has just booted; 64 GiB take 0.3 GiB, and 1.3 GiB uncompressed.
    private const int DiskMiB = 2048;
    private readonly Measurements _measurements;
    private readonly IReadOnlyList<FilteredCase> _cases;
    private readonly FilteredBench _bench;
    private readonly BenchDisk _disk;

    /// <summary>Writes the disk image.</summary>
    public FilteredRounds(string name, IReadOnlyList<FilteredCase> cases, Measurements measurements)
    {
        _measurements = measurements;
        _cases = cases;
        _bench = new FilteredBench(measurements.Progress);
        _disk = new BenchDisk(name, DiskMiB, Path.Combine(Repository.Artifacts, "bench"));
    }

    /// <inheritdoc/>
    public void Measure(int round)
    {
        foreach (FilteredCase one in _cases)
        {
            if (round > 1 && one.ExcludesPageStructs)
            {
                continue;
            }
            _measurements.Take($"round {round}: {one}", () =>
            {
                FilteredCapture capture = _bench.Measure(one, _disk);
                _measurements.Result.Filtered.Add(capture);
                return Judgement.Text(
                    $"panic to done {capture.Sample.ToDone:F3} s, filter {capture.FilterSeconds:F3} s");
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _disk.Dispose();
}
