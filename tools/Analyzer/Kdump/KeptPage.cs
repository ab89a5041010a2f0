namespace CosmosKdump.Analyzer.Kdump;

/// <summary>A page that a dump kept.</summary>
/// <param name="Pfn">Its page frame number.</param>
/// <param name="DescriptorOffset">Offset of its descriptor in the dump.</param>
/// <param name="Descriptor">Its descriptor.</param>
public readonly record struct KeptPage(ulong Pfn, ulong DescriptorOffset, PageDescriptor Descriptor);
