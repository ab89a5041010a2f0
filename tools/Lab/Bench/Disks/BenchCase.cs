using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>What is measured: who captures which guest to which medium.</summary>
/// <param name="Side">Who captures.</param>
/// <param name="MemoryMiB">The guest's memory, MiB.</param>
/// <param name="Medium">What lies behind its disk.</param>
/// <param name="Load">What the guest has in its memory.</param>
/// <param name="Disk">The disk that the guest sees.</param>
/// <param name="LimitMBps">Millions of bytes per second that the disk takes; 0: as many as it can.</param>
public sealed record BenchCase(
    Side Side, int MemoryMiB, DiskMedium Medium, GuestLoad Load = GuestLoad.Idle, DiskInterface Disk = DiskInterface.Nvme,
    int LimitMBps = 0)
{
    /// <summary>The case as a report names it.</summary>
    public override string ToString()
    {
        string load = Load == GuestLoad.Busy ? " busy" : "";
        string disk = Disk == DiskInterface.Nvme ? "" : $", {Names.Of(Disk)}";
        string limit = LimitMBps == 0 ? "" : $" of {LimitMBps} MB/s";
        return $"{MemoryMiB / 1024} GiB{load} guest, {Names.Of(Side)}, {Names.Of(Medium)}{disk}{limit}";
    }
}
