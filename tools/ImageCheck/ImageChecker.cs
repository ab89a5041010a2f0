using System.Collections.Generic;
using CosmosKdump.ImageCheck.Checks;

namespace CosmosKdump.ImageCheck;

/// <summary>All checks of a finished image.</summary>
public static class ImageChecker
{
    /// <summary>Runs the checks and returns what they found.</summary>
    public static IReadOnlyList<Finding> Run(CheckSubject subject)
    {
        LayoutCheck.Run(subject);
        EntryCheck.Run(subject);
        BootHeaderCheck.Run(subject);
        CodeCheck.Run(subject);
        ShippedCheck.Run(subject);
        return subject.Findings;
    }
}
