using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Matrix;

/// <summary>4 MiB reserved above 4 GiB in guests of 6 GiB: images, tables and command line lie beyond 32 bits.</summary>
public class HighReservationTests
{
    // Without crashkernel=0,low Linux reserves 256 MiB more below 4 GiB for bounce buffers.
    private const string High = "4M,high 0,low";

    [Fact]
    public void Linux_6_1_by_kexec_load_on_4_CPUs_to_NVMe() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 6144,
            Cpus = 4,
            CrashCpu = 3,
            CrashKernel = High,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme)],
            Capture = CaptureKernel.Ours(MatrixGuest.PowerOff),
        },
        pagingLevels: 5);

    [Fact]
    public void Linux_6_12_by_kexec_file_load_to_virtio_on_q35() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux612,
            MemoryMiB = 6144,
            Machine = GuestMachine.Q35,
            KernelArguments = "no5lvl",
            CrashKernel = High,
            Crash = CrashKind.InterruptsOff,
            Disks = [MatrixGuest.Disk(DiskInterface.VirtioModern)],
            Capture = CaptureKernel.OursByFileLoad(MatrixGuest.PowerOff),
        },
        pagingLevels: 4);
}
