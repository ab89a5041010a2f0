using System;
using System.Collections.Generic;
using System.Linq;

namespace CosmosKdump.Analyzer.Log;

/// <summary>Names of log levels as dmesg(1) has them, and lists of them.</summary>
public static class LogLevels
{
    private static readonly string[] NamesInOrder =
        ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];

    /// <summary>Names of the levels 0 to 7.</summary>
    public static IReadOnlyList<string> Names => NamesInOrder;

    /// <summary>
    /// Parses a list such as <c>err,warn</c>; <c>err+</c> is err and all that are more urgent, <c>+err</c> err and all
    /// that are less. Null if a name is not known.
    /// </summary>
    public static IReadOnlySet<int>? Parse(string list)
    {
        HashSet<int> levels = [];
        foreach (string item in list.Split(',', StringSplitOptions.TrimEntries))
        {
            int level = Array.IndexOf(NamesInOrder, item.Trim('+'));
            if (level < 0)
            {
                return null;
            }
            int first = item.EndsWith('+') ? 0 : level;
            int last = item.StartsWith('+') ? NamesInOrder.Length - 1 : level;
            levels.UnionWith(Enumerable.Range(first, last - first + 1));
        }
        return levels;
    }
}
