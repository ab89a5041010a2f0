using System.Runtime.CompilerServices;

namespace CosmosKdump.Capture.Net;

/// <summary>Room for the ranges of a <see cref="SackBoard"/>.</summary>
[InlineArray(SackBoard.Most)]
public struct SackRanges
{
    private StreamRange _first;
}
