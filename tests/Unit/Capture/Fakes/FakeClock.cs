using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>A clock that goes on by the same step whenever it is read.</summary>
internal struct FakeClock(ulong stepMicroseconds) : IClock
{
    private ulong _now;

    public ulong Microseconds => _now += stepMicroseconds;
}
