using System;
using System.CommandLine;
using System.IO;
using CosmosKdump.Lab.Build;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Commands;

/// <summary><c>test</c>: does all set-up, builds, and runs every test.</summary>
public static class TestCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<bool> unitOnly = new("--unit") { Description = "unit tests only: no QEMU, nothing is fetched" };
        Command command = new("test", "Set up, build, and run every unit and end-to-end test; the totals come last")
        {
            unitOnly,
        };
        command.SetAction(parsed => Run(parsed.GetValue(unitOnly)));
        return command;
    }

    private static int Run(bool unitOnly)
    {
        Progress progress = new();
        TestRun tests = new();
        try
        {
            if (!unitOnly)
            {
                GuestSetup.Everything(progress);
            }
            SolutionBuild.Run(progress);
            tests.Run("tests/Unit");
            if (!unitOnly)
            {
                tests.Run("tests/EndToEnd");
            }
        }
        catch (Exception error) when (error is LabException or IOException or UnauthorizedAccessException)
        {
            Console.WriteLine($"lab: {error.Message}");
            Console.WriteLine($"{tests.Passed} passed, {tests.Failed + 1} failed");
            return 1;
        }
        Console.WriteLine($"{tests.Passed} passed, {tests.Failed} failed");
        return tests.Failed == 0 ? 0 : 1;
    }
}
