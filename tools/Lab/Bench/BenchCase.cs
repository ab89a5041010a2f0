using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench;

/// <summary>What is measured: who captures which guest to which medium.</summary>
/// <param name="Side">Who captures.</param>
/// <param name="MemoryMiB">The guest's memory, MiB.</param>
/// <param name="Medium">What lies behind its disk.</param>
public sealed record BenchCase(Side Side, int MemoryMiB, DiskMedium Medium);
