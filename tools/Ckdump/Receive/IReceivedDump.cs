using System.Collections.Generic;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>What is known of a dump that a receiver has put together, or is about to.</summary>
public interface IReceivedDump
{
    /// <summary>What the sender said of the dump.</summary>
    DumpFacts Facts { get; }

    /// <summary>The end of the dump arrived.</summary>
    bool HasEnded { get; }

    /// <summary>What the sender said of the capture: <see cref="Status.Ok"/>, or why it is not whole.</summary>
    Status Outcome { get; }

    /// <summary>Pages that the sender could not read or repeat.</summary>
    ulong PagesLost { get; }

    /// <summary>Bytes of the dump that arrived.</summary>
    ulong ReceivedBytes { get; }

    /// <summary>What is missing of the dump.</summary>
    IReadOnlyList<(ulong Start, ulong End)> Missing { get; }
}
