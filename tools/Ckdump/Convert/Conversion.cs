using System.IO;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>Runs the capture pipeline over a dump.</summary>
public static class Conversion
{
    /// <summary>
    /// Makes a kdump-compressed dump of a dump. A page that the dump left out cannot come back: the level is at least
    /// the dump's own, which it is without a wish, and a line tells if it was raised. Errors are <see cref="ToolException"/>s; a file that is not complete is deleted.
    /// </summary>
    public static CaptureResult Run(
        string source, string target, byte? level, Compressor compressor, bool excludesIdlePageStructs, int threads,
        TerminalProgress progress)
    {
        if (!VmcoreFile.TryOpen(source, out VmcoreFile? vmcore, out FileProblem? problem))
        {
            throw Inspect.VmcoreArgument.Failure(source, problem);
        }
        using (vmcore)
        {
            OutputFile.RequireMissing(target);
            byte own = vmcore is KdumpVmcore kdump ? (byte)(kdump.Header.DumpLevel & 31) : (byte)0;
            BootOptions options = BootOptions.Default;
            options.HasElfCoreHeader = true;
            options.ElfCoreHeaderAddress = CoreImage.Address;
            options.Format = DumpFormat.Kdump;
            options.DumpLevel = (byte)((level ?? 0) | own);
            if (level is byte wanted && options.DumpLevel != wanted)
            {
                progress.WriteLine($"ckdump: dump level raised from {wanted} to {options.DumpLevel}: "
                    + $"the dump has level {own}, and what it left out cannot come back");
            }
            options.Compressor = compressor;
            options.ExcludesIdlePageStructs = excludesIdlePageStructs;
            bool isDone = false;
            try
            {
                CaptureResult result = Write(vmcore, source, target, in options, threads, progress);
                isDone = result.Status == Status.Ok;
                return isDone ? result : throw new ToolException(source, StatusLine(result.Status));
            }
            finally
            {
                if (!isDone)
                {
                    File.Delete(target);
                }
            }
        }
    }

    private static CaptureResult Write(
        VmcoreFile vmcore, string source, string target, in BootOptions options, int threads,
        TerminalProgress progress)
    {
        CoreImage image = new(vmcore);
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
        using FileStream file = new(target, FileMode.CreateNew, FileAccess.ReadWrite);
        using CompressorPool pool = new(source, image, options.Compressor, threads);
        using HostBuffers buffers = new(pool.Slots);
        var sink = new FileSink(file, buffers);
        var compressor = new PoolCompressor(pool);
        return CapturePipeline.Run(
            ref memory, ref sink, ref clock, ref console, ref compressor, in plan, buffers.Kdump, buffers.Staging);
    }

    private static string StatusLine(Status status) => System.Text.Encoding.ASCII.GetString(StatusText.Of(status));
}
