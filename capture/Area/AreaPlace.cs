namespace CosmosKdump.Capture.Area;

/// <summary>Where an area lies on its disk: in one piece, or where an extent map says.</summary>
internal readonly struct AreaPlace
{
    private readonly AreaExtent _extent;
    private readonly ExtentMap _map;
    private readonly uint _blockBytes;

    /// <summary>An area in one piece.</summary>
    internal AreaPlace(in AreaExtent extent, uint blockBytes)
    {
        _extent = extent;
        _map = default;
        _blockBytes = blockBytes;
    }

    /// <summary>An area that is a file.</summary>
    internal AreaPlace(in ExtentMap map, uint blockBytes)
    {
        _extent = default;
        _map = map;
        _blockBytes = blockBytes;
    }

    /// <summary>Bytes of the area.</summary>
    internal ulong Bytes => _map.Count != 0 ? _map.AreaBytes : _extent.BlockCount * _blockBytes;

    /// <summary>The block of an offset in the area, and how many bytes follow there in one piece.</summary>
    internal ulong BlockAt(ulong offsetBytes, out ulong runBytes)
    {
        if (_map.Count != 0)
        {
            return _map.Locate(offsetBytes, out runBytes) / _blockBytes;
        }
        runBytes = Bytes - offsetBytes;
        return _extent.FirstBlock + (offsetBytes / _blockBytes);
    }
}
