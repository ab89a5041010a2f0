namespace CosmosKdump.Lab.Guests;

/// <summary>A line of a guest's serial console.</summary>
/// <param name="Seconds">When its first byte arrived, seconds since QEMU's start.</param>
/// <param name="Text">The line without its end and without control sequences.</param>
public readonly record struct ConsoleLine(double Seconds, string Text);
