using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>The host's clock.</summary>
internal struct WallClock : IClock
{
    public readonly ulong Microseconds => (ulong)Environment.TickCount64 * 1000;
}
