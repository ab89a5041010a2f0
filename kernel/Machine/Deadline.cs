namespace CosmosKdump.Kernel.Machine;

/// <summary>A point in time after which a wait gives up.</summary>
internal readonly struct Deadline
{
    private readonly ulong _microseconds;

    private Deadline(ulong microseconds) => _microseconds = microseconds;

    internal bool HasPassed => Clock.Microseconds >= _microseconds;

    internal static Deadline AfterMilliseconds(uint milliseconds) => new(Clock.Microseconds + (milliseconds * 1000UL));

    internal static Deadline AfterMicroseconds(uint microseconds) => new(Clock.Microseconds + microseconds);
}
