namespace CosmosKdump.Capture;

/// <summary>What a run's status means for the dump.</summary>
public static class DumpOutcome
{
    /// <summary>There is a dump, whole or not: no other target is needed.</summary>
    public static bool IsDump(Status status) => status is Status.Ok or Status.PagesLost or Status.DumpCut;

    /// <summary>There is a dump, or one went out that nobody confirmed.</summary>
    public static bool IsDumpOrSent(Status status) => IsDump(status) || status == Status.NotConfirmed;
}
