using System;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// What the command line may ask for and this build does not do: each such option is told, and what it would have
/// changed goes on as if it had not been given, so that it never costs the dump.
/// </summary>
public static class BuildScope
{
    /// <summary>Applies it to parsed options.</summary>
    public static void Apply<TConsole>(ref TConsole console, ref BootOptions options)
        where TConsole : struct, IConsole
    {
        KeepConsoles(ref console, ref options);
        KeepTargets(ref console, ref options);
    }

    private static void KeepConsoles<TConsole>(ref TConsole console, ref BootOptions options)
        where TConsole : struct, IConsole
    {
        int kept = 0;
        for (int i = 0; i < options.ConsoleCount; i++)
        {
            if (options.Consoles[i].Kind == ConsoleKind.EfiFramebuffer)
            {
                Tell(ref console, "kdump.console=efifb"u8, "ignored"u8);
                continue;
            }
            options.Consoles[kept++] = options.Consoles[i];
        }
        options.ConsoleCount = kept;
    }

    // A list of which something is not understood must not end without a dump on a machine that has a dump area: a disk
    // is then the last target.
    private static void KeepTargets<TConsole>(ref TConsole console, ref BootOptions options)
        where TConsole : struct, IConsole
    {
        bool hasDisk = false;
        for (int i = 0; i < options.TargetCount; i++)
        {
            hasDisk |= options.Targets[i].Kind == TargetKind.Disk;
        }
        if (options.HasUnknownTarget && !hasDisk && options.TargetCount < Limits.Targets)
        {
            options.Targets[options.TargetCount++] = default;
            Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
            TextLine line = ReportLine.Begin(buffer);
            line.Add("kdump.target: disk is tried last"u8);
            ReportLine.Write(ref console, in line);
        }
    }

    private static void Tell<TConsole>(
        ref TConsole console,
        scoped ReadOnlySpan<byte> name,
        scoped ReadOnlySpan<byte> outcome)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, Status.NotInBuild);
        line.Add(name);
        line.Add(" ("u8);
        line.Add(outcome);
        line.Add(")"u8);
        ReportLine.Write(ref console, in line);
    }
}
