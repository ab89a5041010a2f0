using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Elf;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using CosmosKdump.Tests.Unit.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Elf;

public sealed class ElfContentTests
{
    // As of an elfcorehdr with nothing but PT_LOADs: the one PT_NOTE of the dump is too many.
    [Theory]
    [InlineData(Limits.ProgramHeaders, true)]
    [InlineData(Limits.ProgramHeaders + 1, false)]
    public void MoreSegmentsThanProgramHeadersAreDumpedWhole(int headers, bool isFiltered)
    {
        var memory = new SparsePort(new SparseMemory(1 << 20));
        var clock = new FakeClock(0);
        var console = new FakeConsole();
        CapturePlan plan = default;
        plan.Layout = default(VmcoreLayout).With((uint)headers, (uint)headers - 1, Limits.PageBytes, 0);
        plan.Kdump = new KdumpOptions(new DumpLevel(DumpLevel.Zero), Compressor.None, false);
        KdumpBuffers buffers = new TestBuffers(slots: 1).Spans;
        ElfContent content = ElfContent.Choose(
            ref memory, ref clock, ref console, in plan, in buffers, ulong.MaxValue);
        Assert.Equal(isFiltered, content.IsFiltered);
        Assert.Equal(isFiltered ? 0 : DumpLevel.Zero, DumpLevel.Zero - content.Level.Value);
        Assert.Equal(isFiltered, content.Layout.ProgramHeaderCount != (uint)headers);
    }
}
