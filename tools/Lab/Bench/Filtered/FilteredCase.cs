using System.Globalization;
using System.Text.Json.Serialization;
using CosmosKdump.Lab.Stock;

namespace CosmosKdump.Lab.Bench.Filtered;

/// <summary>A dump of level 31 in kdump-compressed format: who makes it, of which guest.</summary>
/// <param name="IsOurs">By ours; otherwise by stock kdump's makedumpfile.</param>
/// <param name="Compression">How its pages are compressed.</param>
/// <param name="MemoryMiB">The guest's memory, MiB.</param>
/// <param name="Cpus">The guest's CPUs. Stock kdump runs with <c>nr_cpus=1</c>, Debian's default, whatever there is.</param>
/// <param name="ExcludesPageStructs">The page structs of excluded pages are left out too.</param>
public sealed record FilteredCase(
    bool IsOurs, Compression Compression, int MemoryMiB, int Cpus = 1, bool ExcludesPageStructs = false)
{
    /// <summary>Guests up to this size are held by the host from the start; larger ones may exceed it.</summary>
    private const int PreallocatedMiB = 4096;

    /// <summary>Whether the host holds all of the guest's memory from the start.</summary>
    public bool IsPreallocated => MemoryMiB <= PreallocatedMiB;

    /// <summary>Value of <c>crashkernel=</c>.</summary>
    public string CrashKernel => IsOurs ? "4M" : StockKdump.CrashKernelFor(MemoryMiB);

    /// <summary>Our kernel's command line.</summary>
    [JsonIgnore]
    public string CaptureArguments => "kdump.format=kdump kdump.dump_level=31 kdump.compress="
        + CompressionWords.Ours(Compression) + (ExcludesPageStructs ? " kdump.exclude_vmemmap=1" : "");

    /// <summary>makedumpfile's options.</summary>
    [JsonIgnore]
    public string StockOptions => CompressionWords.Makedumpfile(Compression) + " -d 31"
        + (ExcludesPageStructs ? " -e --work-dir /tmp" : "");

    /// <summary>
    /// QEMU's CPU model. makedumpfile's <c>-e</c> walks page tables of four levels only (find_vmemmap_x86_64): with five
    /// it says that it excludes page structs, and does not.
    /// </summary>
    public string CpuModel => ExcludesPageStructs ? "max,-la57" : "max";

    /// <summary>The same by stock kdump.</summary>
    [JsonIgnore]
    public FilteredCase Stock => this with { IsOurs = false };

    /// <summary>Who makes it, and how.</summary>
    public string Side => IsOurs
        ? $"CosmosKdump, {CompressionWords.Ours(Compression)}{(ExcludesPageStructs ? ", exclude_vmemmap" : "")}"
        : $"stock, makedumpfile {CompressionWords.Makedumpfile(Compression)} -d 31{(ExcludesPageStructs ? " -e" : "")}";

    /// <summary>The guest.</summary>
    public string Guest => string.Create(
        CultureInfo.InvariantCulture, $"{MemoryMiB / 1024} GiB guest, {Cpus} CPU{(Cpus == 1 ? "" : "s")}");

    /// <summary>The case as a report names it.</summary>
    public override string ToString() => $"{Guest}, {Side}";
}
