using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Checks;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Files;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Checks;

public sealed class VmcoreChecksTests : IDisposable
{
    private const int FirstSegmentHeader = 64 + 56;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_whole_vmcore_passes_every_check(bool is64) =>
        Assert.Equal("", Failures(WithLog().ToBuilder(is64).Build()));

    [Fact]
    public void A_complete_area_passes_every_check() =>
        Assert.Equal("", Failures(VmcoreFileTests.AreaBytes(WithLog().ToVmcore(), AreaState.Complete)));

    [Fact]
    public void A_truncated_file_is_named_with_its_end_and_what_is_missing()
    {
        byte[] whole = WithLog().ToVmcore();
        int end = whole.Length - 0x3000;
        CheckResult length = Run(whole[..end]).Single(result => result.Name == "file length");
        Assert.False(length.IsOk);
        Assert.Equal(end, length.OffsetBytes);
        Assert.Contains("12288 bytes are missing: 3 pages", length.Detail);
        Assert.Contains($"from physical 0x{SyntheticKernel.Physical + (512 * 1024) - 0x3000:x}", length.Detail);
        Assert.Contains("pages: 128 in 1 segments, only 125 of them", Failures(whole[..end]));
    }

    [Fact]
    public void A_file_that_lacks_only_padding_is_whole()
    {
        byte[] file = WithLog().ToBuilder().Segment(0x1000, new byte[0x10]).Build();
        Assert.Equal("", Failures(file[..^0xF00]));
    }

    [Fact]
    public void Memory_that_two_segments_hold_is_told()
    {
        byte[] file = WithLog().ToBuilder().Segment(SyntheticKernel.Physical + 0x5000, new byte[0x1000]).Build();
        Assert.Contains("PT_LOAD 0 and PT_LOAD 1 both hold physical 0x12005000", Failures(file));
    }

    [Fact]
    public void The_kernel_text_may_show_memory_twice()
    {
        SyntheticKernel kernel = WithLog();
        Assert.Equal("", Failures(kernel.ToBuilder()
            .Segment(SyntheticKernel.Physical, kernel.Memory[..0x8000], SyntheticKernel.Image).Build()));
    }

    [Theory]
    [InlineData(8, 0x1000UL, "places in file")]
    [InlineData(8, 0x2010UL, "alignment")]
    [InlineData(24, 1UL << 52, "segments")]
    [InlineData(32, ulong.MaxValue, "segments")]
    [InlineData(40, 0UL, "segments")]
    [InlineData(8, ulong.MaxValue, "segments")]
    public void A_segment_that_cannot_be_is_told(int field, ulong value, string check)
    {
        byte[] file = WithLog().ToBuilder().Segment(0x1000, new byte[0x1000]).Build();
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(FirstSegmentHeader + 56 + field), value);
        CheckResult result = Run(file).Single(r => r.Name == check);
        Assert.False(result.IsOk, result.Detail);
    }

    [Theory]
    [InlineData("OSRELEASE=", "VMCOREINFO: no OSRELEASE")]
    [InlineData("OSRELEASE=5.5", "another release")]
    [InlineData("PAGESIZE=16384", "PAGESIZE=16384")]
    [InlineData("NUMBER(phys_base)=0", "init_uts_ns is not in the vmcore")]
    [InlineData("SYMBOL(prb)=ffffffff99999990", "is not in the vmcore")]
    public void VMCOREINFO_that_does_not_fit_is_told(string line, string what) =>
        Assert.Contains(what, Failures(WithLog().Info(line).ToVmcore()));

    [Fact]
    public void A_vmcore_without_notes_is_told()
    {
        string failures = Failures(new VmcoreBuilder().Segment(0x1000, new byte[0x1000]).Build());
        Assert.Contains("notes: 0 notes, none of a CPU", failures);
        Assert.Contains("VMCOREINFO: no VMCOREINFO note", failures);
    }

    [Theory]
    [InlineData(AreaState.Prepared, "holds no dump, or one that was saved")]
    [InlineData(AreaState.Writing, "the capture did not end")]
    [InlineData(AreaState.Incomplete, "pages lost")]
    public void A_label_that_is_not_complete_fails(AreaState state, string what)
    {
        byte[] area = VmcoreFileTests.AreaBytes(WithLog().ToVmcore(), state, edit => edit.Label.Outcome =
            state == AreaState.Incomplete ? Status.PagesLost : Status.Ok);
        Assert.Contains(what, Failures(area));
    }

    [Fact]
    public void Pages_must_add_up()
    {
        byte[] dump = WithLog().ToVmcore();
        ulong pages = (ulong)dump.Length / 4096;
        Assert.Contains($"the label has {pages - 1} written and 0 lost", Failures(VmcoreFileTests.AreaBytes(
            dump, AreaState.Complete, edit => edit.Label.PagesWritten--)));
        Assert.Contains($"2 of {pages} were lost", Failures(VmcoreFileTests.AreaBytes(
            dump, AreaState.Incomplete, edit => (edit.Label.PagesWritten, edit.Label.PagesLost) = (pages - 2, 2))));
        Assert.Contains($"the label has a length of {dump.Length + 4096}", Failures(VmcoreFileTests.AreaBytes(
            dump, AreaState.Complete, edit => edit.Label.DumpLengthBytes += 4096)));
    }

    [Fact]
    public void A_label_of_another_dump_is_told() =>
        Assert.Contains("another dump", Failures(VmcoreFileTests.AreaBytes(
            WithLog().ToVmcore(), AreaState.Complete, edit => edit.Label.CrashTimeSeconds++)));

    [Fact]
    public void Headers_and_notes_that_changed_are_told()
    {
        byte[] area = VmcoreFileTests.AreaBytes(WithLog().ToVmcore(), AreaState.Complete);
        // e_flags: nobody reads it.
        area[48] ^= 1;
        CheckResult failed = Assert.Single(Run(area), result => !result.IsOk);
        Assert.Equal(("headers", 0L), (failed.Name, failed.OffsetBytes));
        Assert.Contains("first segment lies at", Failures(VmcoreFileTests.AreaBytes(
            WithLog().ToVmcore(), AreaState.Complete, edit => edit.Label.HeaderBytes += 4096)));
    }

    [Fact]
    public void A_label_without_a_checksum_of_the_headers_is_no_failure() =>
        Assert.Equal("", Failures(VmcoreFileTests.AreaBytes(
            WithLog().ToVmcore(), AreaState.Complete, edit => edit.Label.HeaderBytes = 0)));

    [Fact]
    public void A_label_with_a_wrong_checksum_is_told_and_the_vmcore_still_read()
    {
        byte[] area = VmcoreFileTests.AreaBytes(WithLog().ToVmcore(), AreaState.Complete);
        area[^4000] ^= 1;
        CheckResult failed = Assert.Single(Run(area), result => !result.IsOk);
        Assert.Equal(("label", (long?)area.Length - 4096), (failed.Name, failed.OffsetBytes));
    }

    [Fact]
    public void What_is_no_vmcore_is_one_failed_check()
    {
        CheckResult failed = Assert.Single(Run("no"u8.ToArray()));
        Assert.False(failed.IsOk);
    }

    [Fact]
    public void Reading_all_counts_every_byte()
    {
        byte[] file = WithLog().ToVmcore();
        string path = _folder.PathOf("vmcore");
        File.WriteAllBytes(path, file);
        CheckResult result = VmcoreChecks.ReadAll(path, (done, total) => Assert.InRange(done, 0UL, total));
        Assert.Equal((true, $"{file.Length} bytes read"), (result.IsOk, result.Detail));
    }

    private static SyntheticKernel WithLog()
    {
        SyntheticKernel kernel = new();
        RingWriter ring = new(kernel);
        ring.Add("Linux version");
        ring.Add("Kernel panic - not syncing: test", 1_000_000_000);
        return kernel;
    }

    private string Failures(byte[] file) => string.Join(
        '\n', Run(file).Where(result => !result.IsOk).Select(result => $"{result.Name}: {result.Detail}"));

    private CheckResult[] Run(byte[] file)
    {
        string path = _folder.PathOf("vmcore");
        File.WriteAllBytes(path, file);
        return [.. VmcoreChecks.Run(path)];
    }
}
