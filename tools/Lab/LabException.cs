using System;

namespace CosmosKdump.Lab;

/// <summary>The lab cannot go on; the message is for the user and says what to do or where to look.</summary>
public class LabException : Exception
{
    /// <summary>An error with its message.</summary>
    public LabException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its message and its cause.</summary>
    public LabException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
