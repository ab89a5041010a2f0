using System.IO;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Flat;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>Runs the capture pipeline over a dump.</summary>
public static class Conversion
{
    /// <summary>
    /// Makes a dump in a format of a dump. A page that the dump left out cannot come back: the level is at least
    /// the dump's own, which it is without a wish, and a line tells if it was raised. Errors are
    /// <see cref="ToolException"/>s; what was written is deleted then, but if the dump is incomplete: a kdump-compressed
    /// one is kept with a flag in its header, an ELF one as FILE.incomplete. <paramref name="isFlattened"/>: the output
    /// is a flattened stream, and may be standard output.
    /// </summary>
    public static CaptureResult Run(
        string source, string target, DumpFormat format, byte? level, Compressor compressor,
        bool excludesIdlePageStructs, int threads, bool isFlattened, TerminalProgress progress)
    {
        if (!VmcoreFile.TryOpen(source, out VmcoreFile? vmcore, out FileProblem? problem))
        {
            throw Inspect.VmcoreArgument.Failure(source, problem);
        }
        using (vmcore)
        {
            if (format == DumpFormat.Elf && vmcore is ElfVmcore { Elf.Is64: false })
            {
                throw new ToolException(source, "an ELF32 vmcore can only become a kdump-compressed dump");
            }
            byte own = vmcore.DumpLevel ?? 0;
            BootOptions options = BootOptions.Default;
            options.HasElfCoreHeader = true;
            options.ElfCoreHeaderAddress = CoreImage.Address;
            options.Format = format;
            options.DumpLevel = (byte)((level ?? 0) | own);
            if (level is byte wanted && options.DumpLevel != wanted)
            {
                progress.WriteLine($"ckdump: dump level raised from {wanted} to {options.DumpLevel}: "
                    + $"the dump has level {own}, and what it left out cannot come back");
            }
            options.Compressor = compressor;
            options.ExcludesIdlePageStructs = excludesIdlePageStructs;
            bool isNamed = format == DumpFormat.Elf && target != ConvertOutput.StandardOutput;
            string? partial = isNamed ? OutputFile.IncompleteName(target) : null;
            string? losses = SourceLosses.Of(vmcore);
            if (partial is not null)
            {
                // Losses may appear only while pages are read: the name must be free before there is work to lose.
                OutputFile.RequireMissing(partial);
            }
            using ConvertOutput output = ConvertOutput.Open(target);
            CaptureResult result = Write(
                vmcore, source, output.Stream, in options, losses is not null, threads, isFlattened, progress,
                out ulong notesCut);
            if (result.Status is not (Status.Ok or Status.PagesLost))
            {
                throw new ToolException(source, StatusLine(result.Status));
            }
            losses ??= notesCut != 0 ? $"INCOMPLETE: {notesCut} bytes of its notes are cut" : null;
            losses ??= result.PagesLost != 0 ? $"INCOMPLETE: {result.PagesLost} pages cannot be read" : null;
            if (losses is not null && partial is not null && !isFlattened)
            {
                Status why = result.PagesLost != 0 ? Status.PagesLost
                    : vmcore.Area is { HasLabel: true } area ? area.Label.Outcome
                    : Status.EndMissing;
                DumpMark.WriteIncomplete(
                    (FileStream)output.Stream, DumpFormat.Elf, result.DumpLevel, result.PagesLost, why);
            }
            output.Keep(losses is null ? null : partial);
            return losses is null ? result : throw ToolException.Incomplete(
                source, null, losses, $"what there is of it is kept as {partial ?? target}");
        }
    }

    private static CaptureResult Write(
        VmcoreFile vmcore, string source, Stream output, in BootOptions options, bool isOfIncomplete,
        int threads, bool isFlattened, TerminalProgress progress, out ulong notesCut)
    {
        bool isElf = options.Format == DumpFormat.Elf;
        CoreImage image = new(vmcore, isElf ? SourceSegments.Mapped(vmcore) : SourceSegments.Physical(vmcore));
        var memory = new DumpMemory(vmcore, image);
        // What the plan tells is of a capture: where low memory is, and the length of a full dump.
        var quiet = new ConvertConsole(progress, errorsOnly: true);
        var console = new ConvertConsole(progress, errorsOnly: false);
        var clock = default(WallClock);
        Status status = CapturePipeline.Prepare(
            ref memory, ref quiet, in options, new PhysicalRange[Limits.Ranges], new byte[Limits.VmcoreInfoBytes], 0,
            out CapturePlan plan);
        if (status != Status.Ok)
        {
            throw new ToolException(source, StatusLine(status));
        }
        notesCut = image.NoteBytes - plan.Notes.LengthBytes;
        plan.Kdump = new KdumpOptions(
            plan.Kdump.Level, plan.Kdump.Compressor, plan.Kdump.ExcludesIdlePageStructs,
            new DumpLevel(vmcore.DumpLevel ?? 0), isOfIncomplete || notesCut != 0);
        // Nothing is compressed in an ELF dump.
        int workers = isElf ? 1 : threads;
        using HostBuffers buffers = new(CompressorPool.SlotsOf(workers), LeftOutPages.Of(vmcore, source));
        KindFinder? finder = isElf ? null : new KindFinder(in plan, buffers);
        using CompressorPool pool = new(vmcore, source, image, options.Compressor, workers, finder);
        var compressor = new PoolCompressor(pool);
        if (isFlattened)
        {
            var flat = new FlatSink<StreamChannel, BufferMemory>(
                new StreamChannel(output), new BufferMemory(buffers, memory), buffers.Flat);
            return CapturePipeline.Run(
                ref memory, ref flat, ref clock, ref console, ref compressor, in plan, buffers.Kdump, buffers.Staging);
        }
        var sink = new FileSink((FileStream)output, buffers, memory);
        return CapturePipeline.Run(
            ref memory, ref sink, ref clock, ref console, ref compressor, in plan, buffers.Kdump, buffers.Staging);
    }

    private static string StatusLine(Status status) => System.Text.Encoding.ASCII.GetString(StatusText.Of(status));
}
