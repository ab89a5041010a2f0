using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Targets;

/// <summary>What the attempts to reach one server have found so far, over all network cards.</summary>
internal struct NetworkSearch
{
    /// <summary>A dump was made, or began to be sent: look no further.</summary>
    internal bool IsDone;

    /// <summary>Cards that were tried.</summary>
    internal int Cards;

    /// <summary>The most telling status.</summary>
    internal Status Result;

    /// <summary>A search that has found nothing yet.</summary>
    internal static NetworkSearch New => new() { Result = Status.NoDevice };

    /// <summary>Remembers a status: a server that does not answer tells more than a card without a cable.</summary>
    internal void Note(Status status)
    {
        if (IsDone || Result is Status.NoDevice or Status.NoCarrier or Status.NoAddress)
        {
            Result = status;
        }
    }
}
