using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>
/// One capture of a <see cref="CrashImage"/> from elfcorehdr to dump, and what came of it: the plan is run against one
/// target after the other until one works, as the kernel does.
/// </summary>
internal sealed class CaptureRun
{
    public const ulong StagingAddress = 0x7000_0000;

    private readonly byte[] _staging = new byte[Limits.StagingBytes];

    public CaptureRun(CrashImage image, ulong lowCopyAddress = 0, params Action<DumpRecord>[] targets)
    {
        Record = new DumpRecord(image.Memory, _staging, StagingAddress);
        var memory = new FakeMemory(image.Memory);
        var console = new FakeConsole();
        var clock = new FakeClock(100_000);
        BootOptions options = BootOptions.Default;
        options.HasElfCoreHeader = true;
        options.ElfCoreHeaderAddress = image.HeaderAddress;
        var ranges = new PhysicalRange[Limits.Ranges];
        byte[] info = new byte[Limits.VmcoreInfoBytes];
        Prepared = CapturePipeline.Prepare(
            ref memory, ref console, in options, ranges, info, lowCopyAddress, out CapturePlan plan);
        Layout = plan.Layout;
        Action<DumpRecord>[] healthy = [_ => { }];
        foreach (Action<DumpRecord> target in targets.Length == 0 ? healthy : targets)
        {
            if (Prepared != Status.Ok)
            {
                break;
            }
            Record = new DumpRecord(image.Memory, _staging, StagingAddress);
            target(Record);
            var sink = new FaultySink(Record);
            var staging = new DmaBuffer(_staging, StagingAddress);
            var compressor = new TestCompressor<FakeMemory>(memory, Compressor.None, slots: 1);
            KdumpBuffers buffers = new TestBuffers(slots: 1).Spans;
            Result = CapturePipeline.Run(
                ref memory, ref sink, ref clock, ref console, ref compressor, in plan, in buffers, in staging);
            if (Result.Status is Status.Ok or Status.PagesLost)
            {
                break;
            }
        }
        Lines = console.Lines;
    }

    public DumpRecord Record { get; }

    public Status Prepared { get; }

    public CaptureResult Result { get; }

    public CosmosKdump.Capture.Encode.Elf.VmcoreLayout Layout { get; }

    public string[] Lines { get; }
}
