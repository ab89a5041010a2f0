using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Matrix;

/// <summary>The bzImage by <c>kexec -p</c>: the pairs of kernel, disk, CPUs, paging and crash that matter.</summary>
public class KexecLoadTests
{
    [Fact]
    public void Linux_6_1_by_sysrq_to_NVMe() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 512,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme)],
            Capture = CaptureKernel.Ours(MatrixGuest.PowerOff),
        },
        pagingLevels: 5);

    [Fact]
    public void Linux_6_12_on_4_CPUs_by_NMI_to_transitional_virtio_on_q35() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux612,
            MemoryMiB = 512,
            Cpus = 4,
            Machine = GuestMachine.Q35,
            KernelArguments = "no5lvl",
            Crash = CrashKind.Nmi,
            Disks = [MatrixGuest.Disk(DiskInterface.VirtioTransitional)],
            Capture = CaptureKernel.Ours(MatrixGuest.PowerOff),
        },
        pagingLevels: 4);

    [Fact]
    public void Linux_6_1_with_ELF32_headers_on_a_CPU_without_1_GiB_pages_to_4096_byte_virtio() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 512,
            Cpus = 4,
            CrashCpu = 1,
            CpuModel = "qemu64",
            Disks = [MatrixGuest.Disk(DiskInterface.VirtioModern, 4096)],
            Capture = CaptureKernel.Ours(MatrixGuest.PowerOff) with { Elf32CoreHeaders = true },
        },
        pagingLevels: 4);

    [Fact]
    public void Linux_6_12_by_null_dereference_on_the_third_CPU_to_legacy_virtio() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux612,
            MemoryMiB = 512,
            Cpus = 4,
            CrashCpu = 2,
            CpuModel = "max,pdpe1gb=off",
            Crash = CrashKind.NullDereference,
            Disks = [MatrixGuest.Disk(DiskInterface.VirtioLegacy)],
            Capture = CaptureKernel.Ours(MatrixGuest.PowerOff),
        },
        pagingLevels: 5);
}
