using System.Linq;

namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>Kernel logs as different tools print them, made comparable.</summary>
public static class LogLines
{
    /// <summary>The lines that say something, without the space around them.</summary>
    public static string[] Of(string log) =>
        [.. log.Split('\n').Select(line => line.Trim()).Where(line => line != "")];
}
