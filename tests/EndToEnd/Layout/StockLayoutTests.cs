using System;
using System.Linq;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Lab.Stock;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Layout;

/// <summary>The vmcore's headers are those of Linux's own <c>/proc/vmcore</c>, of the same guest.</summary>
public class StockLayoutTests
{
    // /proc/vmcore aligns its PT_NOTE only since Linux 6.5, and so do we: an older one would differ in p_align.
    private const KernelSeries Kernel = KernelSeries.Linux612;

    [Fact]
    public void The_vmcore_has_the_layout_of_proc_vmcore()
    {
        VmcoreHeader ours = Capture(CaptureKernel.Ours("kdump.final_action=poweroff"), isPrepared: true);
        CaptureKernel head = StockKdump.CopyHead(Kernel, DiskInterface.VirtioModern, Repository.Runs, new Progress());
        VmcoreHeader stock = Capture(head, isPrepared: false);

        Assert.Equal(stock.ElfHeader, ours.ElfHeader);
        Assert.Equal(stock.ProgramHeaders, ours.ProgramHeaders);
        Assert.Equal(
            stock.Notes.Select(note => (note.Name, note.Type, note.Content.Length)),
            ours.Notes.Select(note => (note.Name, note.Type, note.Content.Length)));
        Assert.Equal(Lines(stock), Lines(ours));
    }

    // Without KASLR and with the same reservation, memory has the same ranges at the same addresses.
    private static VmcoreHeader Capture(CaptureKernel capture, bool isPrepared)
    {
        VmcoreHeader? header = null;
        GuestOptions options = new()
        {
            Kernel = Kernel,
            MemoryMiB = 512,
            Cpus = 2,
            CrashKernel = $"{StockKdump.CrashKernel}@128M",
            KernelArguments = "nokaslr",
            Disks = [GuestDisk.PreparedVirtio with { Prepared = isPrepared, ZerosAsHoles = true }],
            Capture = capture,
        };
        TestGuest.Capture(options, guest => header = VmcoreHeader.Read(guest.Disks[0]));
        return header!;
    }

    // The time differs, and where Linux allocated its section table: the initramfs of the two have different sizes.
    private static string[] Lines(VmcoreHeader header) => [.. header.VmcoreInfo.Split('\n')
        .Where(line => !line.StartsWith("CRASHTIME=", StringComparison.Ordinal)
            && !line.StartsWith("SYMBOL(mem_section)=", StringComparison.Ordinal))];
}
