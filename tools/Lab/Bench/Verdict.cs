namespace CosmosKdump.Lab.Bench;

/// <summary>What a bench says about a promise.</summary>
public enum Verdict
{
    /// <summary>It was measured, and is kept.</summary>
    Kept,

    /// <summary>It is not kept, or what it takes to tell was not measured.</summary>
    NotKept,

    /// <summary>This bench was not asked to measure it.</summary>
    LeftOut,
}
