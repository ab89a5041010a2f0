using System;
using System.Text.RegularExpressions;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>What Debian's crash makes of a dump that may lack pages.</summary>
/// <param name="Opens">It comes to its prompt.</param>
/// <param name="HasBacktrace"><c>bt</c> shows the function that crashed.</param>
/// <param name="HasLog"><c>log</c> shows the crash.</param>
/// <param name="HasTasks"><c>ps</c> shows the idle task and the one that crashed.</param>
/// <param name="Why">Why it does not open.</param>
public sealed partial record CrashAnswers(bool Opens, bool HasBacktrace, bool HasLog, bool HasTasks, string Why)
{
    /// <summary>Everything works.</summary>
    public bool HasAll => Opens && HasBacktrace && HasLog && HasTasks;

    /// <summary>Asks. Pages that the dump lacks are zeros: <c>--zero_excluded</c>.</summary>
    public static CrashAnswers Of(KernelSeries kernel, string dump)
    {
        try
        {
            string[] answers = CrashUtility.Ask(
                HostSetup.Vmlinux(kernel), dump, ["--zero_excluded"], "bt", "log", "ps");
            return new(
                true,
                answers[0].Contains("sysrq_handle_crash", StringComparison.Ordinal),
                answers[1].Contains("sysrq: Trigger a crash", StringComparison.Ordinal),
                answers[2].Contains("[swapper/0]", StringComparison.Ordinal)
                    && ActiveTask().IsMatch(answers[2]),
                "");
        }
        catch (LabException error)
        {
            return new(false, false, false, false, error.Message);
        }
    }

    /// <summary>One line.</summary>
    public override string ToString() => Opens
        ? $"opens, bt {Word(HasBacktrace)}, log {Word(HasLog)}, ps {Word(HasTasks)}"
        : "does not open";

    // ps: the active task of a CPU is marked.
    [GeneratedRegex(@"^> +[1-9]\d* .* sh\s*$", RegexOptions.Multiline)]
    private static partial Regex ActiveTask();

    private static string Word(bool works) => works ? "yes" : "no";
}
