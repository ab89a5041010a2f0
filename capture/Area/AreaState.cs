namespace CosmosKdump.Capture.Area;

/// <summary>State of a dump area (stored in the label: values never change).</summary>
public enum AreaState : uint
{
    /// <summary>Not a state: a label never holds it.</summary>
    None = 0,
    /// <summary>Empty, or its dump was saved: ready for the next dump.</summary>
    Prepared = 1,
    /// <summary>A dump began and did not end: what lies there is incomplete.</summary>
    Writing = 2,
    /// <summary>Holds a whole dump that was not saved yet.</summary>
    Complete = 3,
    /// <summary>Holds a dump with losses that was not saved yet.</summary>
    Incomplete = 4,
}
