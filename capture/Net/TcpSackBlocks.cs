using System.Runtime.CompilerServices;

namespace CosmosKdump.Capture.Net;

/// <summary>First and last-but-one sequence numbers of <see cref="TcpOptions.MostBlocks"/> blocks, in pairs.</summary>
[InlineArray(2 * TcpOptions.MostBlocks)]
public struct TcpSackBlocks
{
    private uint _first;
}
