using System.Globalization;
using System.IO;
using System.Linq;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Machine;

namespace CosmosKdump.Ckdump.Readiness;

/// <summary>The answer of <c>ckdump status</c> as one screen of text.</summary>
public static class ReadinessText
{
    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, StatusDocument status)
    {
        Line(output, "state", status.IsReady ? "ready: a crash now is captured" : "NOT READY: a crash now leaves no dump");
        Line(output, "loaded", Loaded(status));
        Line(output, "reserved", status.ReservationBytes is ulong bytes
            ? bytes == 0 ? "nothing" : ByteSize.Format((long)bytes)
            : "unknown");
        Line(output, "machine", string.Create(CultureInfo.InvariantCulture,
            $"Linux {status.KernelRelease ?? "unknown"}, {ByteSize.Format((long)status.MemoryBytes)} of memory, {status.Cpus} CPUs"));
        foreach (MachineWatchdog watchdog in status.Watchdogs)
        {
            Line(output, "watchdog", Watchdog(watchdog));
        }
        Line(output, "config", status.Configuration);
        foreach (StatusTarget target in status.Targets)
        {
            Line(output, "target", Target(target));
        }
        Line(output, "dumps", status.Dumps.Count == 0 ? $"none in {status.Directory}" : $"in {status.Directory}");
        foreach (StatusDump dump in status.Dumps)
        {
            string complete = dump.Dump.IsComplete ? "" : ", INCOMPLETE";
            string panic = dump.Dump.Panic is null ? "" : $", {dump.Dump.Panic}";
            Line(output, "", $"{Path.GetFileName(dump.Directory)}: {ByteSize.Format((long)dump.Dump.LengthBytes)}{complete}{panic}");
        }
        foreach (Finding finding in status.Findings)
        {
            Line(output, finding.Severity.ToString().ToLowerInvariant(), finding.What);
            Line(output, "", finding.Advice is null ? null : "-> " + finding.Advice);
        }
    }

    private static string Loaded(StatusDocument status) => status switch
    {
        { IsLoaded: null } => "unknown",
        { IsLoaded: false } => "no",
        { Load: null } => "yes, not by ckdump",
        { Load: { } load } => $"{load.Version} ({load.Image}), {AreaText.Time((ulong)load.Time.ToUnixTimeSeconds())}, by {load.Loader}",
    };

    private static string Watchdog(MachineWatchdog watchdog)
    {
        string timeout = watchdog.TimeoutSeconds is ulong seconds ? string.Create(CultureInfo.InvariantCulture, $", {seconds} s") : "";
        string afterwards = watchdog.IsFed ? "the capture kernel feeds it while a dump makes progress"
            : watchdog.IsSoftware ? "it ends with Linux"
            : "the capture kernel CANNOT FEED it";
        return watchdog.IsArmed ? $"{watchdog.Name}, armed{timeout}: {afterwards}" : watchdog.Name + ", not armed";
    }

    private static string Target(StatusTarget target)
    {
        string name = target.Name == "disk" ? "any disk" : target.Name;
        string area = target.Path is null || target.Name.EndsWith(target.Path, System.StringComparison.Ordinal) ? "" : $" ({target.Path})";
        string state = target.State is null ? "" : $", {target.State}, room for {ByteSize.Format((long)target.CapacityBytes!)}";
        string problem = target.Problem is null ? "" : $", NOT USABLE: {target.Problem}";
        return name + area + state + problem;
    }

    // What a configuration or a dump holds must not steer the terminal.
    private static void Line(TextWriter output, string name, string? value)
    {
        if (value is not null)
        {
            output.WriteLine($"{name,-8}  {string.Concat(value.Select(c => char.IsControl(c) ? '?' : c))}");
        }
    }
}
