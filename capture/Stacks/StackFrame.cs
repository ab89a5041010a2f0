namespace CosmosKdump.Capture.Stacks;

/// <summary>One frame of a stack.</summary>
public struct StackFrame
{
    /// <summary>Where its code goes on.</summary>
    public ulong Address;

    /// <summary>Its stack pointer.</summary>
    public ulong Sp;

    /// <summary>The address is one that a call returns to: the call lies before it.</summary>
    public bool IsReturn;

    /// <summary>The frame was not told by tables: an address on the stack that looks like one.</summary>
    public bool IsGuess;

    /// <summary>The code is that of a process.</summary>
    public bool IsUser;
}
