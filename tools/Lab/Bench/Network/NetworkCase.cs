namespace CosmosKdump.Lab.Bench.Network;

/// <summary>What is measured.</summary>
/// <param name="Kind">The network.</param>
/// <param name="Sender">Who sends.</param>
public sealed record NetworkCase(NetworkKind Kind, NetworkSender Sender)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}, {Sender}";
}
