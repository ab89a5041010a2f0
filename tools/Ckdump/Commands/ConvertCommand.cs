using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Convert;
using CosmosKdump.Ckdump.Inspect;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump convert</c>: filters and compresses a dump as the capture kernel would have.</summary>
public static class ConvertCommand
{
    private const int MostThreads = 256;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var source = new Argument<string>("VMCORE") { Description = VmcoreArgument.Description };
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to make; nothing is overwritten. With --flatten, - is standard output",
            HelpName = "FILE",
            Required = true,
        };
        Option<int?> level = NumberOption.Optional(
            "--dump-level", "What is left out, 0 to 31, as makedumpfile's -d; at least what the dump has left out itself",
            0, DumpLevel.Highest);
        level.Aliases.Add("-d");
        level.HelpName = "LEVEL";
        var format = new Option<string>("--format", "-f")
        {
            Description = "Format of the new dump",
            HelpName = "elf|kdump",
            DefaultValueFactory = _ => "kdump",
        };
        var compress = new Option<string>("--compress", "-c")
        {
            Description = "How pages of a kdump-compressed dump are compressed",
            HelpName = "none|lzo|zlib|zstd",
            DefaultValueFactory = _ => "zstd",
        };
        var vmemmap = new Option<bool>("--exclude-vmemmap", "-e")
        {
            Description = "Leave out the page structs of excluded pages too",
        };
        Option<int> threads = NumberOption.Of(
            "--threads", "Threads that compress", Math.Min(Environment.ProcessorCount, MostThreads), 1, MostThreads);
        threads.Aliases.Add("-j");
        var flatten = new Option<bool>("--flatten", "-F")
        {
            Description = "Make a flattened stream, as makedumpfile -F: for a pipe, which cannot go back",
        };
        var rearrange = new Option<bool>("--rearrange", "-R")
        {
            Description = "Neither filter nor compress. Put the bytes of a flattened dump where they belong, as makedumpfile "
                + "-R; VMCORE may be -, standard input. With --flatten: flatten a dump as it is",
        };
        var command = new Command(
            "convert",
            "Makes a kdump-compressed or ELF dump of an ELF or kdump-compressed one, by the code of the capture kernel: its "
            + "pages are filtered by the dump level and compressed. What the dump has left out cannot come back: the level is at "
            + "least the dump's own.")
        {
            source, output, format, level, compress, vmemmap, threads, flatten, rearrange,
        };
        HelpWithExamples.Set(command,
            "ckdump convert -d 31 vmcore -o vmcore.small      # what crash needs, with zstd",
            "ckdump convert -d 31 -c lzo vmcore -o vmcore.lzo # also for tools that lack zstd",
            "ckdump convert -d 17 vmcore.1 -o vmcore.17       # leaves out more",
            "ckdump convert -f elf -d 31 vmcore -o vmcore.elf # for tools that read ELF only",
            "ckdump convert -F -d 31 vmcore -o - | ssh HOST ckdump convert -R - -o vmcore",
            "ckdump convert -R -F vmcore -o vmcore.flat       # flattened as it is");
        command.SetAction(parsed =>
        {
            int? wanted = parsed.GetValue(level);
            int count = parsed.GetValue(threads);
            DumpFormat made = FormatOf(parsed.GetValue(format)!);
            if (made == DumpFormat.Elf && parsed.GetResult(compress) is { Implicit: false })
            {
                throw ToolException.Usage("--compress: the pages of an ELF dump are not compressed");
            }
            Compressor compressor = made == DumpFormat.Elf ? Compressor.None : CompressorOf(parsed.GetValue(compress)!);
            string target = parsed.GetRequiredValue(output);
            bool isFlattened = parsed.GetValue(flatten);
            RequirePlace(target, isFlattened);
            if (parsed.GetValue(rearrange))
            {
                Option? idle = Array.Find<Option>(
                    [format, level, compress, vmemmap, threads], option => parsed.GetResult(option) is { Implicit: false });
                return idle is null
                    ? Rearrange(parsed.GetRequiredValue(source), target, isFlattened, parsed.InvocationConfiguration)
                    : throw ToolException.Usage($"{idle.Name}: --rearrange leaves the pages as they are");
            }
            if (parsed.GetRequiredValue(source) == Rearrangement.StandardInput)
            {
                throw ToolException.Usage("VMCORE -: standard input cannot go back, and gives a dump only with --rearrange");
            }
            CaptureResult result = default;
            InvocationConfiguration streams = parsed.InvocationConfiguration;
            OutputFile.Fill(NameOf(target), () =>
                TerminalProgress.Run(streams.Error, "converting", progress => result = Conversion.Run(
                    parsed.GetRequiredValue(source), target, made, (byte?)wanted, compressor, parsed.GetValue(vmemmap),
                    count, isFlattened, progress)));
            Report(streams.Output, target, (result.EndMicroseconds - result.StartMicroseconds) / 1e6);
            return ExitCode.Ok;
        });
        return command;
    }

    private static int Rearrange(string source, string target, bool isFlattened, InvocationConfiguration streams)
    {
        long start = Stopwatch.GetTimestamp();
        string what = isFlattened ? "flattening" : "rearranging";
        Action<string, string, TerminalProgress> work = isFlattened ? Rearrangement.ToFlattened : Rearrangement.ToPlain;
        OutputFile.Fill(NameOf(target), () =>
            TerminalProgress.Run(streams.Error, what, progress => work(source, target, progress)));
        Report(streams.Output, target, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return ExitCode.Ok;
    }

    private static string NameOf(string target) =>
        target == ConvertOutput.StandardOutput ? "standard output" : target;

    private static void RequirePlace(string target, bool isFlattened)
    {
        if (target != ConvertOutput.StandardOutput)
        {
            return;
        }
        if (!isFlattened)
        {
            throw ToolException.Usage("--output -: standard output cannot go back, and takes a dump only with --flatten");
        }
        if (!Console.IsOutputRedirected)
        {
            throw ToolException.Usage("--output -: standard output is a terminal");
        }
    }

    private static void Report(TextWriter output, string target, double seconds)
    {
        if (target != ConvertOutput.StandardOutput)
        {
            output.WriteLine(FormattableString.Invariant(
                $"{target}: {ByteSize.Format(new FileInfo(target).Length)} in {seconds:F1} s"));
        }
    }

    private static DumpFormat FormatOf(string word) => word switch
    {
        "elf" => DumpFormat.Elf,
        "kdump" => DumpFormat.Kdump,
        _ => throw ToolException.Usage($"--format: {word} is neither elf nor kdump"),
    };

    private static Compressor CompressorOf(string word) => word switch
    {
        "none" => Compressor.None,
        "lzo" => Compressor.Lzo,
        "zlib" => Compressor.Zlib,
        "zstd" => Compressor.Zstd,
        _ => throw ToolException.Usage($"--compress: {word} is none of none, lzo, zlib, zstd"),
    };
}
