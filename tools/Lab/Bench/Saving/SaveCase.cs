using System.Text.Json.Serialization;

namespace CosmosKdump.Lab.Bench.Saving;

/// <summary>A copy of a dump out of the image of a disk, durable at its end.</summary>
/// <param name="IsOurs">By <c>ckdump save</c>; otherwise by <c>cp --sparse=always</c> and <c>sync</c>.</param>
/// <param name="InMemory">Into a file of a tmpfs; otherwise into a file of the disk that holds the work tree.</param>
public sealed record SaveCase(bool IsOurs, bool InMemory)
{
    /// <summary>The same by cp.</summary>
    [JsonIgnore]
    public SaveCase Cp => this with { IsOurs = false };

    /// <summary>The case as a report names it.</summary>
    public override string ToString() =>
        (IsOurs ? "ckdump save" : "cp --sparse=always; sync") + (InMemory ? ", to memory" : ", to disk");
}
