using System;

namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>A test on a guest failed; the message ends with the path of the guest's transcript.</summary>
public sealed class GuestTestException(Exception cause, string transcriptPath)
    : Exception($"{cause.GetType().Name}: {cause.Message}\n{Place(cause)}\ntranscript: {transcriptPath}", cause)
{
    // The check that failed: the first line of the stack below the test framework's own.
    private static string Place(Exception cause)
    {
        foreach (string line in (cause.StackTrace ?? "").Split('\n'))
        {
            if (line.Contains("CosmosKdump.Tests", StringComparison.Ordinal))
            {
                return line.Trim();
            }
        }
        return "";
    }
}
