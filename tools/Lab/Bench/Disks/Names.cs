using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>What a report calls the sides and the media.</summary>
public static class Names
{
    /// <summary>Who captures.</summary>
    public static string Of(Side side) => side switch
    {
        Side.Ours => "CosmosKdump, ELF",
        Side.StockCopy => "stock, dd",
        _ => $"stock, makedumpfile {CaptureBench.FilterOptions}",
    };

    /// <summary>The disk that the guest sees.</summary>
    public static string Of(DiskInterface disk) => disk switch
    {
        DiskInterface.Nvme => "NVMe",
        DiskInterface.Ahci => "AHCI",
        DiskInterface.VirtioScsi or DiskInterface.VirtioScsiLegacy => "virtio-scsi",
        _ => "virtio-blk",
    };

    /// <summary>What lies behind the disk.</summary>
    public static string Of(DiskMedium medium) =>
        medium == DiskMedium.Written ? "file-backed disk" : "null-co disk";
}
