using System.Collections.Generic;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>Tables of device-mapper volumes.</summary>
public interface IMapperTables
{
    /// <summary>The targets of a volume ("major:minor"), in the order of their sectors.</summary>
    IReadOnlyList<MapperTarget> TargetsOf(string deviceNumber);
}
