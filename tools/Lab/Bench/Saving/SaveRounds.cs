using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CosmosKdump.Lab.Bench.Saving;

/// <summary>Copies a dump by each side in turn, several times in a round: a copy takes a second or so.</summary>
public sealed class SaveRounds : IBenchRounds
{
    private const int Repetitions = 3;
    private readonly Measurements _measurements;
    private readonly SaveBench _bench;

    /// <summary>Captures the dump.</summary>
    public SaveRounds(int memoryMiB, Measurements measurements)
    {
        _measurements = measurements;
        measurements.Progress.Begin($"a full dump of a busy {memoryMiB} MiB guest, to save");
        _bench = new SaveBench(memoryMiB, Path.Combine(Repository.Artifacts, "bench"), measurements.Progress);
        measurements.Progress.Done();
    }

    /// <summary>What is measured: each place, ours and theirs.</summary>
    public static IReadOnlyList<SaveCase> Cases { get; } = [new(true, false), new(false, false), new(true, true), new(false, true)];

    /// <inheritdoc/>
    public void Measure(int round)
    {
        _bench.Warm();
        foreach (IGrouping<bool, SaveCase> pair in Cases.GroupBy(one => one.InMemory))
        {
            _measurements.Take($"round {round}: {string.Join(", ", pair)}", () =>
            {
                List<SaveSample> samples = _measurements.Result.Saves;
                for (int i = 0; i < Repetitions; i++)
                {
                    samples.AddRange(pair.Select(_bench.Measure));
                }
                return string.Join(", ", pair.Select(one => Judgement.Text(
                    $"{Sample.Median(_measurements.Result.SaveSeconds(one)):F3} s")));
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _bench.Dispose();
}
