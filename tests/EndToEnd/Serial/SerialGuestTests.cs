using System;
using System.IO;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Kdump;
using CosmosKdump.Tests.EndToEnd.Matrix;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Serial;

/// <summary>A crashed Linux over a serial line, to a receiver that answers.</summary>
public class SerialGuestTests(ITestOutputHelper output)
{
    [Fact]
    public void Linux_6_1_by_serial()
    {
        using Receiver receiver = new();
        GuestOptions options = new()
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 128,
            // Free memory is zeros, which the line carries as runs.
            KernelArguments = "init_on_alloc=1 init_on_free=1",
            SecondSerialSocket = receiver.Line,
            Capture = CaptureKernel.Ours($"kdump.target=serial:ttyS1 {MatrixGuest.PowerOff}"),
        };
        TestGuest.Boot(options, guest =>
        {
            receiver.Start(receiver.Line);
            guest.WaitForSecondLine(TestGuest.LineLimit);
            guest.Crash();
            guest.WaitUntilDone(Receiver.LineLimit);
            output.WriteLine(receiver.MustEndWell());
            MatrixGuest.Check(guest, options, pagingLevels: 5, receiver.Vmcore);
        });
    }

    [Fact]
    public void A_filtered_dump_by_serial_and_what_a_cut_line_leaves_of_it()
    {
        using Receiver receiver = new();
        using SharedMemory memory = new(128);
        GuestOptions options = new()
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 128,
            QemuArguments = memory.QemuArguments,
            SecondSerialSocket = receiver.Inner,
            Capture = CaptureKernel.Ours(
                "kdump.target=serial:ttyS1 kdump.format=kdump kdump.dump_level=31 kdump.compress=zstd "
                + "kdump.final_action=halt kdump.failure_action=halt"),
        };
        TestGuest.Boot(options, guest =>
        {
            Receiver.WaitFor(receiver.Inner);
            using (RecordingLine line = new(receiver.Inner, receiver.Line, receiver.Recording))
            {
                receiver.Start(receiver.Line);
                guest.WaitForSecondLine(TestGuest.LineLimit);
                guest.Crash();
                guest.WaitUntilDone(Receiver.LineLimit);
                guest.Monitor.Stop();
                output.WriteLine(receiver.MustEndWell());
            }
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            (int kept, _, int missing) = MemoryComparison.Run(receiver.Vmcore, memory);
            output.WriteLine($"{kept} pages are what the memory holds");
            Assert.Equal(0, missing);
            MustOpen(receiver.Vmcore, []);

            Cut(receiver.Recording, percent: 60);
            string cut = receiver.Vmcore + ".cut";
            HostCommand.Outcome outcome = CkdumpTool.Run(TestGuest.LineLimit, "receive", receiver.Recording, "-o", cut);
            Assert.Equal(3, outcome.ExitCode);
            output.WriteLine(outcome.Errors.Split('\n')[^2]);
            (int keptOfCut, _, int missingOfCut) = MemoryComparison.Run(cut + ".incomplete", memory);
            output.WriteLine($"cut at 60 %: {keptOfCut} pages are what the memory holds, {missingOfCut} are missing");
            Assert.Equal(kept, keptOfCut + missingOfCut);
            // Pages shrink differently; what comes first is tables and slab, which shrink well.
            Assert.InRange(keptOfCut, kept / 3, kept - 1);
            // Missing pages are errors otherwise, those of the text too, which crash looks at first.
            MustOpen(cut + ".incomplete", ["--zero_excluded"]);
        });
    }

    private static void MustOpen(string dump, string[] options)
    {
        string[] answers = CrashUtility.Ask(
            HostSetup.Vmlinux(KernelSeries.Linux61), dump, options, "bt", "log", "ps");
        Assert.Contains("sysrq_handle_crash", answers[0]);
        Assert.Contains("sysrq: Trigger a crash", answers[1]);
        Assert.Contains("[swapper/0]", answers[2]);
    }

    private static void Cut(string path, int percent)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write);
        file.SetLength(file.Length * percent / 100);
    }
}
