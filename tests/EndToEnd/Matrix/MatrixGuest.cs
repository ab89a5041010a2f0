using System.Runtime.CompilerServices;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Matrix;

/// <summary>A guest of the test matrix: crashes, is captured, and its dump is checked with every tool.</summary>
public static class MatrixGuest
{
    /// <summary>What ends QEMU after the capture.</summary>
    public const string PowerOff = "kdump.final_action=poweroff kdump.failure_action=poweroff";

    /// <summary>A prepared disk.</summary>
    public static GuestDisk Disk(DiskInterface kind, int blockBytes = 512) =>
        new() { Interface = kind, BlockBytes = blockBytes, Prepared = true, ZerosAsHoles = true };

    /// <summary>Runs the guest and checks its dump.</summary>
    public static void Run(GuestOptions options, int pagingLevels, [CallerMemberName] string name = "") =>
        TestGuest.Capture(options, guest => Check(guest, options, pagingLevels), name);

    /// <summary>
    /// Checks a guest that was captured: its console, and its dump, which lies at the start of the first disk unless
    /// <paramref name="dump"/> names another place.
    /// </summary>
    public static void Check(Guest guest, GuestOptions options, int pagingLevels, string? dump = null)
    {
        Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
        string console = guest.Console.Text;
        Assert.Contains($"{pagingLevels}-level paging", console);
        string release = HostSetup.Release(options.Kernel);
        Assert.Contains($"crashed kernel {release}, CPUs that answered: {options.Cpus}", console);
        Assert.Matches(@"ckdump: dump complete: .* written, 0 lost", console);
        Assert.DoesNotContain("ckdump: exception", console);
        // kexec_file_load leaves the low 1 MiB out of the headers (Linux 5.5, commit 7c321eb2b843).
        bool hasLow = options.Capture!.Loader != KexecLoader.KexecFileLoad;
        Assert.Contains($"low memory {(hasLow ? "saved by the loader" : "not in the elfcorehdr")}", console);
        new DumpCheck(guest, options, dump ?? guest.Disks[0]).Run();
    }
}
