using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>Asserts on lists of violations.</summary>
internal static class Violations
{
    /// <summary>Fails with all violations, one per line.</summary>
    public static void None(IEnumerable<string> violations)
    {
        string[] all = violations.Order(StringComparer.Ordinal).ToArray();
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
