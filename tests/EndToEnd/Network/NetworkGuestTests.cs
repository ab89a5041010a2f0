using System.IO;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Kdump;
using CosmosKdump.Tests.EndToEnd.Matrix;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;
using Xunit.Abstractions;

namespace CosmosKdump.Tests.EndToEnd.Network;

/// <summary>A crashed Linux over the network.</summary>
public class NetworkGuestTests(ITestOutputHelper output)
{
    [Fact]
    public void Linux_6_1_over_tcp()
    {
        using NetworkReceiver receiver = new();
        GuestOptions options = new()
        {
            Kernel = KernelSeries.Linux61,
            QemuArguments = NetworkCard.User(),
            Capture = CaptureKernel.Ours($"kdump.target=tcp:{NetworkCard.Host}:{receiver.Port} {MatrixGuest.PowerOff}"),
        };
        TestGuest.Boot(options, guest =>
        {
            guest.Crash();
            guest.WaitUntilDone(TestGuest.CaptureLimit);
            receiver.WaitFor("complete, as the sender has it");
            MatrixGuest.Check(guest, options, pagingLevels: 5, receiver.OnlyFile);
        });
    }

    [Fact]
    public void A_filtered_dump_over_tcp_is_what_memory_holds()
    {
        using NetworkReceiver receiver = new();
        RunFiltered($"tcp:{NetworkCard.Host}:{receiver.Port}", () =>
        {
            receiver.WaitFor("complete, as the sender has it");
            return receiver.OnlyFile;
        });
    }

    [Fact]
    public void A_filtered_dump_by_http_is_flattened_and_what_memory_holds()
    {
        using DavServer server = new();
        RunFiltered($"http://{NetworkCard.Host}:{server.Port}/dumps/", () =>
        {
            string flat = Assert.Single(Directory.GetFiles(server.Dumps));
            Assert.EndsWith(".flat", flat);
            return flat;
        });
    }

    private void RunFiltered(string target, System.Func<string> file)
    {
        using SharedMemory memory = new(256);
        GuestOptions options = new()
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 256,
            Cpus = 2,
            QemuArguments = [.. memory.QemuArguments, .. NetworkCard.User()],
            Capture = CaptureKernel.Ours(
                $"kdump.target={target} kdump.format=kdump kdump.dump_level=31 kdump.compress=zstd "
                + "kdump.final_action=halt kdump.failure_action=halt"),
        };
        TestGuest.Boot(options, guest =>
        {
            guest.Crash();
            guest.WaitUntilDone(TestGuest.CaptureLimit);
            guest.Monitor.Stop();
            Assert.Matches("ckdump: dump complete: .* 0 lost", guest.Console.Text);
            (int kept, _, int missing) = MemoryComparison.Run(file(), memory);
            output.WriteLine($"{kept} pages are what the memory holds");
            Assert.Equal(0, missing);
            Assert.Equal(0, CkdumpTool.Run("verify", file()).ExitCode);
        });
    }
}
