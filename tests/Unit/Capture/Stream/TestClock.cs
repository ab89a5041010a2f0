using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Stream;

/// <summary>A clock that goes on a little with every look at it.</summary>
internal struct TestClock(LineModel line) : IClock
{
    public readonly ulong Microseconds => line.Microseconds += 1000;
}
