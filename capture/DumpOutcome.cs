namespace CosmosKdump.Capture;

/// <summary>What a run's status means for the dump.</summary>
public static class DumpOutcome
{
    /// <summary>There is a dump of all that was asked for, but for lost pages: no other target is needed.</summary>
    public static bool IsEnough(Status status) => status is Status.Ok or Status.PagesLost;

    /// <summary>There is a dump, also one that was cut where its target was full, and which another target may better.</summary>
    public static bool IsDump(Status status) => status is Status.Ok or Status.PagesLost or Status.DumpCut;

    /// <summary>The higher, the more there is of a dump; 0: none.</summary>
    public static int Rank(Status status) => IsEnough(status) ? 3
        : status == Status.DumpCut ? 2
        : status == Status.NotConfirmed ? 1
        : 0;

    /// <summary>There is a dump, or one went out that nobody confirmed.</summary>
    public static bool IsDumpOrSent(Status status) => IsDump(status) || status == Status.NotConfirmed;
}
