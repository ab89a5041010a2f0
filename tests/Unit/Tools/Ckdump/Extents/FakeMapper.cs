using System.Collections.Generic;
using CosmosKdump.Ckdump.Extents;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Extents;

/// <summary>Tables of volumes that are not there.</summary>
internal sealed class FakeMapper : IMapperTables
{
    public Dictionary<string, MapperTarget[]> Volumes { get; } = [];

    public IReadOnlyList<MapperTarget> TargetsOf(string deviceNumber) => Volumes[deviceNumber];
}
