using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
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
}
