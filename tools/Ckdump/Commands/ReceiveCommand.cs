using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using CosmosKdump.Capture;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Inspect;
using CosmosKdump.Ckdump.Receive;
using CosmosKdump.CommandLine;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump receive</c>: puts a vmcore together that arrives over a serial line or the network.</summary>
public static class ReceiveCommand
{
    private const int RangesShown = 5;
    private const int MostSilentSeconds = 7 * 86_400;

    // After the end, the sender may not have heard the answer: it asks again within this time.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(7);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var source = new Argument<string?>("SOURCE")
        {
            Description = "Serial line, unix socket, pipe, recorded file, or - for stdin; none with --listen",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "File to make; with --listen the folder of the dumps (default: the current one)",
            HelpName = "FILE",
        };
        var listen = new Option<string?>("--listen")
        {
            Description = "Take dumps over the network (kdump.target=tcp:...), several at a time",
            HelpName = "[ADDR:]PORT",
        };
        var once = new Option<bool>("--once") { Description = "With --listen: end after one dump" };
        var maxSize = new Option<string?>("--max-size")
        {
            Description = "With --listen: longest dump that is taken",
            HelpName = "SIZE",
        };
        var keepFree = new Option<string>("--keep-free")
        {
            Description = "With --listen: what stays free on the file system",
            HelpName = "SIZE",
            DefaultValueFactory = _ => "1G",
        };
        Option<int> baud = NumberOption.Of("--baud", "Speed of a serial line", 115200, 1, 4_000_000);
        Option<int?> timeout = NumberOption.Optional(
            "--timeout", "Give up after this many silent seconds (default: never)", 1, MostSilentSeconds);
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Do not show the console text on the line" };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command(
            "receive",
            "Receives a vmcore over a serial line, or over the network. Nothing is overwritten. What is incomplete is "
            + "kept as FILE.incomplete, marked so that info and verify tell what it lacks; the exit code is 3 then.")
        {
            source, output, listen, once, maxSize, keepFree, baud, timeout, quiet, json,
        };
        HelpWithExamples.Set(command,
            "ckdump receive /dev/ttyUSB0 -o vmcore",
            "ckdump receive /run/vm/serial.sock -o vmcore    # QEMU: -chardev socket,server=on,wait=off",
            "ckdump receive recorded.bin -o vmcore           # what something else recorded",
            "ckdump receive --listen 7000 -o /srv/dumps      # kdump.target=tcp:THIS-MACHINE:7000");
        command.SetAction(parsed =>
        {
            TimeSpan? silence = parsed.GetValue(timeout) is int seconds ? TimeSpan.FromSeconds(seconds) : null;
            if (parsed.GetValue(listen) is { } address)
            {
                if (parsed.GetValue(source) is not null || parsed.GetValue(json))
                {
                    throw ToolException.Usage("--listen goes with neither SOURCE nor --json");
                }
                StreamLimits limits = ListenOptions.Limits(
                    parsed.GetValue(maxSize), parsed.GetRequiredValue(keepFree), silence);
                return Listen(
                    ListenOptions.Address(address), parsed.GetValue(output) ?? ".", parsed.GetValue(once), limits,
                    parsed.InvocationConfiguration);
            }
            return Receive(
                parsed.GetValue(source) ?? throw Missing("SOURCE, or --listen,"),
                parsed.GetValue(output) ?? throw Missing("--output FILE"),
                parsed.GetValue(baud), silence,
                parsed.GetValue(quiet), parsed.GetValue(json), parsed.InvocationConfiguration);
        });
        return command;
    }

    private static ToolException Missing(string what) =>
        ToolException.Usage($"receive: {what} is missing (see ckdump receive --help)");

    private static int Listen(
        IPEndPoint address, string folder, bool isOnce, StreamLimits limits, InvocationConfiguration streams)
    {
        if (!Directory.Exists(folder))
        {
            throw new ToolException(folder, "no such folder");
        }
        int failures = 0;
        TerminalProgress.Run(streams.Error, "receiving", progress =>
        {
            using var listener = new DumpListener(address, folder, limits, progress);
            void Stop(PosixSignalContext context)
            {
                context.Cancel = true;
                listener.Stop();
            }
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            progress.WriteLine($"listening on {listener.Address}");
            listener.Run(isOnce);
            failures = listener.Failures;
        });
        return failures == 0 ? ExitCode.Ok : ExitCode.Incomplete;
    }

    private static int Receive(
        string path, string file, int baud, TimeSpan? silence, bool isQuiet, bool asJson, InvocationConfiguration streams)
    {
        string partial = OutputFile.IncompleteName(file);
        OutputFile.RequireMissing(file);
        OutputFile.RequireMakeable(partial);
        using ReceiveSource source = ReceiveSource.Open(path, baud);
        // An interrupt ends the line: what has arrived of the dump is kept, and marked.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            source.Stop();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        FileStream? written = null;
        DumpReceiver? receiver = null;
        TerminalProgress.Run(streams.Error, "receiving", progress =>
        {
            receiver = new DumpReceiver(
                () => written = new FileStream(Posix.Create(partial), FileAccess.Write, bufferSize: 0),
                source.IsTwoWay ? source.Answer : null,
                isQuiet ? _ => { } : progress.WriteLine);
            try
            {
                OutputFile.Fill(partial, () => Pump(source, receiver, silence, progress));
            }
            finally
            {
                written?.Dispose();
                if (written is not null && receiver.ReceivedBytes == 0)
                {
                    File.Delete(partial);
                }
            }
        });
        if (!receiver!.HasBegun)
        {
            string seen = $"{receiver.DamagedFrames} damaged frames, {receiver.NoiseBytes} bytes of noise";
            throw new ToolException(path, $"no dump began ({seen})",
                "is the capture kernel's target serial, and the speed that of --baud?");
        }
        string kept = receiver.IsWhole ? file : partial;
        if (receiver.IsWhole)
        {
            File.Move(partial, file, overwrite: false);
        }
        else if (receiver.ReceivedBytes > 0)
        {
            using SafeFileHandle handle = File.OpenHandle(partial, FileMode.Open, FileAccess.Write);
            DumpMark.Write(handle, ReceivedDump.MarkOf(receiver));
        }
        OutputFile.SyncDirectoryOf(file);
        if (asJson)
        {
            WriteJson(streams.Output, kept, receiver);
        }
        if (!receiver.IsVerified)
        {
            throw Incomplete(partial, receiver);
        }
        if (!asJson)
        {
            Report(streams.Output, kept, receiver);
        }
        return receiver.IsWhole ? ExitCode.Ok : ExitCode.Incomplete;
    }

    private static void Pump(ReceiveSource source, DumpReceiver receiver, TimeSpan? silence, TerminalProgress progress)
    {
        while (!receiver.HasLeft)
        {
            TimeSpan wait = receiver.HasEnded ? Linger : silence ?? System.Threading.Timeout.InfiniteTimeSpan;
            if (!source.TryRead(wait, out byte[] bytes, out _))
            {
                break;
            }
            receiver.Feed(bytes);
            progress.Report(receiver.ReceivedBytes, receiver.Facts.LengthBytes);
        }
        receiver.End();
    }

    private static ToolException Incomplete(string partial, DumpReceiver receiver)
    {
        IReadOnlyList<(ulong Start, ulong End)> missing = receiver.Missing;
        if (missing.Count == 0)
        {
            string why = receiver.HasEnded ? "the digest of the dump is wrong" : "the end of the dump did not arrive";
            return ToolException.Incomplete(partial, null, $"every page arrived, but {why}", "kept as it is");
        }
        ulong bytes = missing.Aggregate(0UL, (sum, range) => sum + (range.End - range.Start));
        IEnumerable<string> shown = missing.Take(RangesShown).Select(range => $"0x{range.Start:x}-0x{range.End:x}");
        string ranges = string.Join(", ", shown);
        string more = missing.Count > RangesShown ? $" and {missing.Count - RangesShown} more ranges" : "";
        // A kdump-compressed dump tells at its end how long it came to be.
        string most = receiver.HasEnded || receiver.Facts.Format != DumpFormat.Kdump ? "" : "at most ";
        string what = $"incomplete: {bytes} of {most}{receiver.Facts.LengthBytes} bytes are missing: {ranges}{more}";
        return ToolException.Incomplete(partial, (long)missing[0].Start, what, "they read as zeros");
    }

    private static void Report(TextWriter output, string file, DumpReceiver receiver)
    {
        string size = ByteSize.Format((long)receiver.Facts.LengthBytes);
        string time = AreaText.Time(receiver.Facts.CrashTimeSeconds);
        string noise = receiver.DamagedFrames == 0 ? "" : $", {receiver.DamagedFrames} damaged frames repaired";
        string state = receiver.IsWhole
            ? "complete"
            : $"INCOMPLETE: {AreaText.Outcome(receiver.Outcome)} ({receiver.PagesLost} pages lost)";
        output.WriteLine($"{file}: {size}, crash of {time}, {state}, as the sender has it{noise}");
    }

    private static void WriteJson(TextWriter output, string file, DumpReceiver receiver)
    {
        JsonOutput.Write(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteNumber("lengthBytes", receiver.Facts.LengthBytes);
            json.WriteNumber("crashTime", receiver.Facts.CrashTimeSeconds);
            json.WriteBoolean("verified", receiver.IsVerified);
            json.WriteBoolean("ended", receiver.HasEnded);
            json.WriteNumber("outcome", (int)receiver.Outcome);
            json.WriteNumber("pagesLost", receiver.PagesLost);
            json.WriteNumber("damagedFrames", receiver.DamagedFrames);
            json.WriteNumber("noiseBytes", receiver.NoiseBytes);
            json.WriteStartArray("missing");
            foreach ((ulong start, ulong end) in receiver.Missing)
            {
                json.WriteStartObject();
                json.WriteNumber("start", start);
                json.WriteNumber("end", end);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
