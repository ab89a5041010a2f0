namespace CosmosKdump.Ckdump.Extents;

/// <summary>A line of a device-mapper table, as <c>dmsetup table</c> shows it.</summary>
/// <param name="FirstSector">First sector of the volume that it maps, of 512 bytes.</param>
/// <param name="Sectors">Number of sectors.</param>
/// <param name="Type">Kind of target: <c>linear</c>, <c>crypt</c>.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record MapperTarget(ulong FirstSector, ulong Sectors, string Type, string Arguments);
