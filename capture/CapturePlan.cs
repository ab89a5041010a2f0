using CosmosKdump.Capture.Encode.Elf;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture;

/// <summary>
/// Everything that is known of a dump before its first byte: made once by <see cref="CapturePipeline"/>, and run
/// against one target after the other.
/// </summary>
public ref struct CapturePlan
{
    /// <summary>The elfcorehdr.</summary>
    public ElfCoreHeader Header;

    /// <summary>The low 640 KiB.</summary>
    public LowMemory Low;

    /// <summary>Notes of the CPUs and VMCOREINFO.</summary>
    public NoteSummary Notes;

    /// <summary>The VMCOREINFO text, empty if there is none.</summary>
    public VmcoreInfo Info;

    /// <summary>Physical memory that the segments describe.</summary>
    public RangeTable Ranges;

    /// <summary>Where everything lies in the vmcore.</summary>
    public VmcoreLayout Layout;

    /// <summary>The level and the compressor that are asked for.</summary>
    public KdumpOptions Kdump;

    /// <summary>What sinks are told.</summary>
    public DumpFacts Facts;
}
