using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CosmosKdump.Lab.Bench.Conversions;

/// <summary>Converts a dump in every way, several times in a round: a conversion takes a second or so.</summary>
public sealed class ConversionRounds : IBenchRounds
{
    private const int Repetitions = 3;
    private readonly Measurements _measurements;
    private readonly ConversionBench _bench;

    /// <summary>Captures the dump.</summary>
    public ConversionRounds(int memoryMiB, Measurements measurements)
    {
        _measurements = measurements;
        measurements.Progress.Begin($"a full dump of a busy {memoryMiB} MiB guest, to convert");
        _bench = new ConversionBench(
            memoryMiB, Path.Combine(Repository.Artifacts, "bench"), measurements.Progress);
        measurements.Progress.Done();
    }

    /// <inheritdoc/>
    public void Measure(int round)
    {
        _bench.Warm();
        List<ConversionSample> samples = _measurements.Result.Conversions;
        foreach (IGrouping<(Compression, int), ConversionCase> pair in
            ConversionCases.All.GroupBy(one => (one.Compression, one.Threads)))
        {
            _measurements.Take($"round {round}: {string.Join(", ", pair)}", () =>
            {
                for (int i = 0; i < Repetitions; i++)
                {
                    samples.AddRange(pair.Select(_bench.Measure));
                }
                _measurements.Result.MakedumpfileAborts = _bench.Aborts;
                return string.Join(", ", pair.Select(one => Judgement.Text(
                    $"{Sample.Median(_measurements.Result.ConversionSeconds(one)):F3} s")));
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _bench.Dispose();
}
