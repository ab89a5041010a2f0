using System.Linq;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Tests.EndToEnd.Iommu;

/// <summary>A guest on q35 whose Linux has QEMU's IOMMU translate what its devices read and write.</summary>
public static class IommuMachine
{
    private const string Off = "no translation";

    /// <summary>A virtio-net card that sits behind an IOMMU.</summary>
    public const string VirtioNet = "virtio-net-pci,disable-legacy=on,iommu_platform=on";

    /// <summary>VT-d with some of QEMU's properties.</summary>
    public static GuestOptions Vtd(GuestOptions options, string properties) => On(
        options,
        $"intel-iommu,{properties}",
        "intel_iommu=on iommu=nopt",
        "DMAR: Intel(R) Virtualization Technology for Directed I/O");

    /// <summary>AMD-Vi. Needs a kernel with its driver: not Debian's cloud flavour.</summary>
    public static GuestOptions Amd(GuestOptions options) => On(
        options, "amd-iommu,intremap=on", "iommu=nopt", "AMD-Vi: Interrupt remapping enabled");

    /// <summary>A disk as it must be to sit behind an IOMMU: virtio devices do so only when told to.</summary>
    public static GuestDisk Behind(GuestDisk disk) => disk.Interface is DiskInterface.Nvme or DiskInterface.Ahci
        ? disk
        : disk with { DeviceProperties = $"{disk.DeviceProperties},iommu_platform=on".TrimStart(',') };

    // The guest itself tells that each of its disks and cards is translated; without that the test would show nothing.
    private static GuestOptions On(GuestOptions options, string device, string arguments, string message) => options with
    {
        Machine = GuestMachine.Q35,
        KernelArguments = arguments,
        // It must be there before the devices that it serves.
        QemuArguments = ["-device", device, .. options.QemuArguments],
        Disks = [.. options.Disks.Select(Behind)],
        BeforeCrash = $$"""
            dmesg | grep -qF '{{message}}' || echo '{{GuestJob.Failed}}: {{Off}}: {{message}}'
            for device in /sys/bus/pci/devices/*; do
                case $(cat $device/class) in
                0x01*|0x02*)
                    type=$(cat $device/iommu_group/type)
                    case $type in
                    DMA*) echo "{{GuestJob.Mark}}translated ${device##*/} $type";;
                    *) echo "{{GuestJob.Failed}}: {{Off}}: $device $type";;
                    esac;;
                esac
            done
            for device in /sys/bus/virtio/devices/*; do
                [ -e $device/features ] || continue
                [ $(cut -c 34 $device/features) = 1 ] || echo "{{GuestJob.Failed}}: {{Off}}: $device"
            done
            {{options.BeforeCrash}}
            """,
    };
}
