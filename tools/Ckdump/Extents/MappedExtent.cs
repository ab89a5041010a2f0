namespace CosmosKdump.Ckdump.Extents;

/// <summary>An extent of a file as FIEMAP tells it (Linux, include/uapi/linux/fiemap.h).</summary>
/// <param name="FileBytes">Offset in the file.</param>
/// <param name="DeviceBytes">Offset on the device that the file system lies on.</param>
/// <param name="LengthBytes">Length.</param>
/// <param name="Flags">FIEMAP_EXTENT flags.</param>
public readonly record struct MappedExtent(ulong FileBytes, ulong DeviceBytes, ulong LengthBytes, uint Flags);
