namespace CosmosKdump.Ckdump.Machine;

/// <summary>Something that is wrong on this machine, or could be better.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Advice">What to do, or null.</param>
public sealed record Finding(Severity Severity, string What, string? Advice = null)
{
    /// <summary>"WHAT; ADVICE".</summary>
    public override string ToString() => Advice is null ? What : $"{What}; {Advice}";
}

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Could be better.</summary>
    Hint,
    /// <summary>A dump may be worse than wanted, or be lost with it.</summary>
    Warning,
    /// <summary>A crash now would leave no dump.</summary>
    Error,
}
