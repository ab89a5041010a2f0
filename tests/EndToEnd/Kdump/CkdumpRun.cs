using System.IO;
using CosmosKdump.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>Runs <c>ckdump</c> in the test's own process.</summary>
internal static class CkdumpRun
{
    /// <summary>What it said, and its exit code.</summary>
    public static (int Code, string Output, string Errors) Of(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        int code = Program.Run(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>Runs what must succeed; the result is what it told on standard error.</summary>
    public static string Good(params string[] arguments)
    {
        (int code, _, string errors) = Of(arguments);
        Assert.True(code == 0, errors);
        return errors;
    }
}
