using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>Tests that share <see cref="ElfDumps"/>.</summary>
[CollectionDefinition(Name)]
public sealed class ElfDumpsCollection : ICollectionFixture<ElfDumps>
{
    /// <summary>Its name.</summary>
    public const string Name = "ELF dumps";
}
