namespace CosmosKdump.Ckdump.Config;

/// <summary>Something in the configuration that was not understood, or cannot be done.</summary>
/// <param name="File">Path of the configuration.</param>
/// <param name="Line">Number of the line, from 1; 0: the file as a whole.</param>
/// <param name="What">What is wrong, and what is done instead.</param>
public sealed record ConfigProblem(string File, int Line, string What)
{
    /// <summary>"FILE:LINE: WHAT".</summary>
    public override string ToString() => Line == 0 ? $"{File}: {What}" : $"{File}:{Line}: {What}";
}
