using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Matrix;

/// <summary>The bzImage by <c>kexec -s -p</c>: no backup of low memory, headers made by the kernel.</summary>
public class KexecFileLoadTests
{
    [Fact]
    public void Linux_6_1_by_null_dereference_on_the_third_CPU_to_virtio_on_q35() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 512,
            Cpus = 4,
            CrashCpu = 2,
            Machine = GuestMachine.Q35,
            Crash = CrashKind.NullDereference,
            Disks = [MatrixGuest.Disk(DiskInterface.VirtioModern)],
            Capture = CaptureKernel.OursByFileLoad(MatrixGuest.PowerOff),
        },
        pagingLevels: 5);

    [Fact]
    public void Linux_6_12_with_interrupts_off_on_a_CPU_with_4_levels_to_4096_byte_NVMe() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux612,
            MemoryMiB = 512,
            CpuModel = "max,la57=off",
            Crash = CrashKind.InterruptsOff,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme, 4096)],
            Capture = CaptureKernel.OursByFileLoad(MatrixGuest.PowerOff),
        },
        pagingLevels: 4);

    [Fact]
    public void Linux_6_1_by_NMI_on_a_CPU_without_1_GiB_pages_to_4096_byte_transitional_virtio() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 512,
            CpuModel = "qemu64",
            Crash = CrashKind.Nmi,
            Disks = [MatrixGuest.Disk(DiskInterface.VirtioTransitional, 4096)],
            Capture = CaptureKernel.OursByFileLoad(MatrixGuest.PowerOff),
        },
        pagingLevels: 4);
}
