namespace CosmosKdump.Lab.Bench.Network;

/// <summary>What is measured.</summary>
/// <param name="Kind">The network.</param>
/// <param name="Card">The guest's card.</param>
/// <param name="Sender">Who sends.</param>
public sealed record NetworkCase(NetworkKind Kind, NetworkCard Card, NetworkSender Sender)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}, {Card}, {Sender}";
}
