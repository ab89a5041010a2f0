using System.Globalization;
using System.Text.Json.Serialization;

namespace CosmosKdump.Lab.Bench.Conversions;

/// <summary>A conversion of a full ELF dump to level 31 on the host.</summary>
/// <param name="IsOurs">By <c>ckdump convert</c>; otherwise by makedumpfile.</param>
/// <param name="Compression">How pages are compressed.</param>
/// <param name="Threads">Threads that compress.</param>
public sealed record ConversionCase(bool IsOurs, Compression Compression, int Threads)
{
    /// <summary>The same by makedumpfile.</summary>
    [JsonIgnore]
    public ConversionCase Stock => this with { IsOurs = false };

    /// <summary>The command that does it.</summary>
    public string[] Arguments(string from, string to) => IsOurs
        ? ["convert", "-d", "31", "-c", CompressionWords.Ours(Compression), "-j", ThreadsText, from, "-o", to]
        : [CompressionWords.Makedumpfile(Compression), "-d", "31", "--num-threads", ThreadsText, from, to];

    /// <summary>The case as a report names it.</summary>
    public override string ToString() => IsOurs
        ? $"ckdump convert -d 31 -c {CompressionWords.Ours(Compression)} -j {ThreadsText}"
        : $"makedumpfile {CompressionWords.Makedumpfile(Compression)} -d 31 --num-threads {ThreadsText}";

    private string ThreadsText => Threads.ToString(CultureInfo.InvariantCulture);
}
