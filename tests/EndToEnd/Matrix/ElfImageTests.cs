using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Matrix;

/// <summary>The ELF image by <c>kexec -p --type=elf-x86_64 --args-linux</c>.</summary>
public class ElfImageTests
{
    [Fact]
    public void Linux_6_1_with_interrupts_off_on_the_last_CPU_to_4096_byte_NVMe() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 512,
            Cpus = 4,
            CrashCpu = 3,
            KernelArguments = "no5lvl",
            Crash = CrashKind.InterruptsOff,
            Disks = [MatrixGuest.Disk(DiskInterface.Nvme, 4096)],
            Capture = CaptureKernel.OursAsElf(MatrixGuest.PowerOff),
        },
        pagingLevels: 4);

    [Fact]
    public void Linux_6_12_by_sysrq_to_4096_byte_legacy_virtio_on_q35() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux612,
            MemoryMiB = 512,
            Machine = GuestMachine.Q35,
            Disks = [MatrixGuest.Disk(DiskInterface.VirtioLegacy, 4096)],
            Capture = CaptureKernel.OursAsElf(MatrixGuest.PowerOff),
        },
        pagingLevels: 5);

    [Fact]
    public void Linux_6_1_with_ELF32_headers_by_null_dereference_to_transitional_virtio() => MatrixGuest.Run(
        new GuestOptions
        {
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 512,
            CpuModel = "max,la57=off",
            Crash = CrashKind.NullDereference,
            Disks = [MatrixGuest.Disk(DiskInterface.VirtioTransitional)],
            Capture = CaptureKernel.OursAsElf(MatrixGuest.PowerOff) with { Elf32CoreHeaders = true },
        },
        pagingLevels: 4);
}
