using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>The clock of a <see cref="SimulatedWire"/>.</summary>
internal struct WireClock(SimulatedWire wire) : IClock
{
    public readonly ulong Microseconds => wire.Microseconds;
}
