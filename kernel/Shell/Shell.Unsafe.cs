using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Shell;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Report;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Shell;

/// <summary>
/// The monitor: commands that are typed on a console, on whichever somebody types. Each runs in a step of its own, so
/// that a fault leads back to the prompt.
/// </summary>
internal static unsafe class Shell
{
    private static LineEditor _line;

    /// <summary>Takes commands; does not return.</summary>
    internal static void Run()
    {
        Log.AttachLastResort();
        Consoles.StartInput();
        LogConsole console = default;
        console.Write("ckdump: monitor; \"help\" lists its commands\n"u8);
        while (true)
        {
            ReadLine(ref console);
            Pager.Begin();
            // A plain function of this class, which takes the line from the field above.
            Status status = Step.Run(&Execute, 0);
            if (status == Status.StepFaulted)
            {
                Quiesce.AfterFault();
            }
            if (status != Status.Ok)
            {
                Tell(ref console, status);
            }
        }
    }

    private static void ReadLine(ref LogConsole console)
    {
        LineEvent happened = LineEvent.Cancelled;
        while (happened != LineEvent.Line)
        {
            if (happened == LineEvent.Cancelled)
            {
                console.Write("ckdump> "u8);
                _line.Begin();
            }
            happened = _line.Take(ref console, Keys.Read());
        }
    }

    private static Status Execute(ulong unused)
    {
        ShellVerb verb = ShellCommand.Parse(_line.Text, out ReadOnlySpan<byte> argument);
        switch (verb)
        {
            case ShellVerb.Help:
                HelpCommand.Run();
                break;
            case ShellVerb.Status:
                StatusCommand.Run();
                break;
            case ShellVerb.Log:
                return LogCommand.Run(argument);
            case ShellVerb.Backtrace:
                return BacktraceCommand.Run(argument);
            case ShellVerb.Dump:
                return DumpCommand.Run(argument);
            case ShellVerb.Mem:
                MemCommand.Run();
                break;
            case ShellVerb.Pci:
                PciCommand.Run();
                break;
            case ShellVerb.Disks:
                TargetRunner.SurveyDisks();
                break;
            case ShellVerb.More:
                Pager.Set(argument);
                break;
            case ShellVerb.Reboot:
                Power.Act(EndAction.Reboot);
                break;
            case ShellVerb.Poweroff:
                Power.Act(EndAction.Poweroff);
                break;
            case ShellVerb.Halt:
                Power.Act(EndAction.Halt);
                break;
            case ShellVerb.Unknown:
                TellUnknown();
                break;
        }
        return Status.Ok;
    }

    private static void TellUnknown()
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        line.Add("no such command: "u8);
        line.Add(_line.Text);
        line.Add("; \"help\" lists them"u8);
        Pager.Write(ref line);
    }

    private static void Tell(ref LogConsole console, Status status)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.AddStatus(status);
        ReportLine.Write(ref console, in line);
    }
}
