namespace CosmosKdump.Ckdump.Config;

/// <summary>A target line of the configuration.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Text">How: a path, a UUID (empty for any area), <c>HOST:PORT</c>, a URL without <c>http://</c>, a line.</param>
/// <param name="Line">Number of the line, from 1; 0 for the target that is taken when none is given.</param>
public sealed record ConfigTarget(ConfigTargetKind Kind, string Text, int Line)
{
    /// <summary>Any dump area on this machine's disks.</summary>
    public static ConfigTarget AnyDisk { get; } = new(ConfigTargetKind.Disk, "", 0);

    /// <summary>The line as a user would write it.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()} {Text}".TrimEnd();
}
