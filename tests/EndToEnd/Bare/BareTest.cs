using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>
/// Runs our kernel directly for a test. When the test fails, the machine's folder stays and the failure names the
/// transcript; otherwise it goes.
/// </summary>
public static class BareTest
{
    /// <summary>How long our kernel may take to its end on a busy host; never reached by one that works.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Starts a machine and hands it over.</summary>
    public static void Start(BareOptions options, Action<BareMachine> test, [CallerMemberName] string name = "")
    {
        HostSetup.EnsureGuests();
        string folder;
        using (BareMachine machine = new(options, name))
        {
            folder = machine.Folder;
            try
            {
                test(machine);
            }
            catch (Exception error)
            {
                throw new GuestTestException(error, machine.Console.TranscriptPath);
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Runs a machine to its end, which must be a dump that is complete.</summary>
    public static void Captures(BareOptions options, Action<BareMachine> test, [CallerMemberName] string name = "") => Start(
        options,
        machine =>
        {
            Ends(machine, "ckdump: final action: poweroff");
            Says(machine, "dump complete: ");
            test(machine);
        },
        name);

    /// <summary>Runs a machine to its end, which must be without a dump; the console must hold each text.</summary>
    public static void Refuses(BareOptions options, string[] texts, [CallerMemberName] string name = "") => Start(
        options,
        machine =>
        {
            Ends(machine, "ckdump: failure action: poweroff");
            Says(machine, ["NO DUMP: ", .. texts]);
        },
        name);

    /// <summary>Waits for a machine's end, which must be the one that this line tells.</summary>
    public static void Ends(BareMachine machine, string action)
    {
        Assert.Equal(action, machine.WaitForAction(Limit).Text.TrimEnd('\r'));
        Assert.True(machine.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
    }

    /// <summary>The console holds each text.</summary>
    public static void Says(BareMachine machine, params string[] texts)
    {
        Assert.All(texts, text => Assert.Contains(text, machine.Console.Text));
    }

    /// <summary>The lines of the console that hold a text.</summary>
    public static int CountLines(BareMachine machine, string text) =>
        machine.Console.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));
}
