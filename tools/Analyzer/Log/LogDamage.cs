namespace CosmosKdump.Analyzer.Log;

/// <summary>What was found wrong while a log was read: a count, and the first in words.</summary>
public sealed class LogDamage
{
    /// <summary>Number of things that were wrong.</summary>
    public int Count { get; private set; }

    /// <summary>The first of them, or null.</summary>
    public string? First { get; private set; }

    /// <summary>Notes one more.</summary>
    internal void Add(string what)
    {
        Count++;
        First ??= what;
    }
}
