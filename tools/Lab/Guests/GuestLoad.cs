namespace CosmosKdump.Lab.Guests;

/// <summary>What a guest has in its memory when it crashes.</summary>
public enum GuestLoad
{
    /// <summary>Little: it has just booted, most of its memory was never touched.</summary>
    Idle,

    /// <summary>Nearly all of its memory holds random data, and hundreds of tasks sleep.</summary>
    Busy,
}
