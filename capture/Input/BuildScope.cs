using System;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// What the command line may ask for and this build does not do: each such option is told, and what it would have
/// changed goes on as if it had not been given, so that it never costs the dump.
/// </summary>
public static class BuildScope
{
    /// <summary>Applies it to the options parsed from <paramref name="commandLine"/>.</summary>
    public static void Apply<TConsole>(
        scoped ReadOnlySpan<byte> commandLine,
        ref TConsole console,
        ref BootOptions options)
        where TConsole : struct, IConsole
    {
        if (options.IpTextLength != 0)
        {
            Tell(ref console, "kdump.ip="u8, default, "there is no network"u8);
        }
        KeepAction(ref console, "kdump.final_action=shell"u8, ref options.FinalAction);
        KeepAction(ref console, "kdump.failure_action=shell"u8, ref options.FailureAction);
        KeepConsoles(ref console, ref options);
        KeepTargets(commandLine, ref console, ref options);
    }

    private static void KeepAction<TConsole>(ref TConsole console, scoped ReadOnlySpan<byte> text, ref EndAction action)
        where TConsole : struct, IConsole
    {
        if (action == EndAction.Shell)
        {
            Tell(ref console, text, default, "reboot instead"u8);
            action = EndAction.Reboot;
        }
    }

    private static void KeepConsoles<TConsole>(ref TConsole console, ref BootOptions options)
        where TConsole : struct, IConsole
    {
        int kept = 0;
        for (int i = 0; i < options.ConsoleCount; i++)
        {
            if (options.Consoles[i].Kind == ConsoleKind.EfiFramebuffer)
            {
                Tell(ref console, "kdump.console=efifb"u8, default, "ignored"u8);
                continue;
            }
            options.Consoles[kept++] = options.Consoles[i];
        }
        options.ConsoleCount = kept;
    }

    // A list of which something is not understood, or not in this build, must not end without a dump on a machine that has
    // a dump area: a disk is then the last target.
    private static void KeepTargets<TConsole>(
        scoped ReadOnlySpan<byte> commandLine,
        ref TConsole console,
        ref BootOptions options)
        where TConsole : struct, IConsole
    {
        int kept = 0;
        bool hasDisk = false;
        bool isCut = options.HasUnknownTarget;
        for (int i = 0; i < options.TargetCount; i++)
        {
            TargetSpec target = options.Targets[i];
            if (target.Kind is TargetKind.Disk or TargetKind.Serial)
            {
                options.Targets[kept++] = target;
                hasDisk |= target.Kind == TargetKind.Disk;
                continue;
            }
            isCut = true;
            Tell(ref console, "kdump.target="u8, commandLine.Slice(target.TextOffset, target.TextLength), "ignored"u8);
        }
        if (kept == 0 || (isCut && !hasDisk && kept < Limits.Targets))
        {
            options.Targets[kept++] = default;
            TellDisk(ref console, isCut);
        }
        options.TargetCount = kept;
    }

    private static void TellDisk<TConsole>(ref TConsole console, bool isCut)
        where TConsole : struct, IConsole
    {
        if (isCut)
        {
            Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
            TextLine line = ReportLine.Begin(buffer);
            line.Add("kdump.target: disk is tried last"u8);
            ReportLine.Write(ref console, in line);
        }
    }

    private static void Tell<TConsole>(
        ref TConsole console,
        scoped ReadOnlySpan<byte> name,
        scoped ReadOnlySpan<byte> value,
        scoped ReadOnlySpan<byte> outcome)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, Status.NotInBuild);
        line.Add(name);
        line.Add(value[..Math.Min(value.Length, 96)]);
        line.Add(" ("u8);
        line.Add(outcome);
        line.Add(")"u8);
        ReportLine.Write(ref console, in line);
    }
}
