using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Build;

/// <summary>Runs test projects and adds up their results.</summary>
public sealed class TestRun
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <summary>Tests that passed.</summary>
    public int Passed { get; private set; }

    /// <summary>Tests that failed; a project without results counts as one.</summary>
    public int Failed { get; private set; }

    /// <summary>Runs a test project; every test is told as it ends.</summary>
    public void Run(string project)
    {
        string results = Path.Combine(Repository.Artifacts, "test");
        string trx = Path.Combine(results, $"{Path.GetFileName(project)}.trx");
        Directory.CreateDirectory(results);
        File.Delete(trx);
        int code = HostCommand.Follow(
            "dotnet",
            [
                "test", project, "--no-build", "-c", SolutionBuild.Configuration, "--results-directory", results,
                "--logger", $"trx;LogFileName={Path.GetFileName(trx)}", "--logger", "console;verbosity=normal",
                "--blame-hang-timeout", "15m", "--blame-hang-dump-type", "none",
            ],
            Repository.Root,
            line => Console.WriteLine(line));
        Add(project, File.Exists(trx) ? XDocument.Load(trx) : null, code);
    }

    /// <summary>Adds the results of a project; null: it left none.</summary>
    public void Add(string project, XDocument? trx, int exitCode)
    {
        XElement? counters = trx?.Descendants(Trx + "Counters").FirstOrDefault();
        int passed = (int?)counters?.Attribute("passed") ?? 0;
        int failed = ((int?)counters?.Attribute("total") ?? 0) - passed - Skipped(trx);
        Passed += passed;
        // A test host that died leaves fewer results than tests, or none: that must not pass.
        Failed += failed == 0 && exitCode != 0 ? 1 : failed;
        if (exitCode != 0 && failed == 0)
        {
            Console.WriteLine($"{project}: dotnet test ended with exit code {exitCode}");
        }
    }

    private static int Skipped(XDocument? trx)
    {
        IEnumerable<XElement> results = trx?.Descendants(Trx + "UnitTestResult") ?? [];
        return results.Count(result => (string?)result.Attribute("outcome") == "NotExecuted");
    }
}
