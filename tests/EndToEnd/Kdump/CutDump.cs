using System.IO;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Convert;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// The capture pipeline over the memory of a crashed Linux, into a file that takes so many bytes: what a capture leaves
/// in an area that is too small.
/// </summary>
public static class CutDump
{
    private const int Threads = 2;

    /// <summary>Makes the dump, and tells how it ended, and how many pages there are of each kind.</summary>
    public static (CaptureResult Result, ulong[] Census) Make(
        string elf, string target, byte level, Compressor compressor, ulong capacityBytes)
    {
        using (VmcoreFile vmcore = OpenDump.Of<VmcoreFile>(elf))
        using (StringWriter said = new())
        {
            CaptureResult result = default;
            ulong[] census = new ulong[PageCensus.Kinds];
            TerminalProgress.Run(said, "cutting", progress =>
                result = Run(vmcore, elf, target, level, compressor, capacityBytes, progress, census));
            return (result, census);
        }
    }

    private static CaptureResult Run(
        VmcoreFile vmcore, string elf, string target, byte level, Compressor compressor, ulong capacityBytes,
        TerminalProgress progress, ulong[] census)
    {
        BootOptions options = BootOptions.Default;
        options.HasElfCoreHeader = true;
        options.ElfCoreHeaderAddress = CoreImage.Address;
        options.Format = DumpFormat.Kdump;
        options.DumpLevel = level;
        options.Compressor = compressor;
        CoreImage image = new(vmcore, SourceSegments.Physical(vmcore));
        var memory = new DumpMemory(vmcore, image);
        var console = new ConvertConsole(progress, errorsOnly: true);
        var clock = default(WallClock);
        Status status = CapturePipeline.Prepare(
            ref memory, ref console, in options, new PhysicalRange[Limits.Ranges], new byte[Limits.VmcoreInfoBytes], 0,
            out CapturePlan plan);
        Assert.Equal(Status.Ok, status);
        using FileStream file = new(target, FileMode.CreateNew, FileAccess.ReadWrite);
        using CompressorPool pool = new(vmcore, elf, image, compressor, Threads, finder: null);
        using HostBuffers buffers = new(pool.Slots, LeftOutPages.Of(vmcore, elf));
        var sink = new CutSink(new FileSink(file, buffers, memory), capacityBytes & ~(Limits.PageBytes - 1UL));
        var packer = new PoolCompressor(pool);
        CaptureResult result = CapturePipeline.Run(
            ref memory, ref sink, ref clock, ref console, ref packer, in plan, buffers.Kdump, buffers.Staging);
        buffers.Kdump.Filter.Counts[..census.Length].CopyTo(census);
        return result;
    }
}
