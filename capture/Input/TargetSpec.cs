using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Net;

namespace CosmosKdump.Capture.Input;

/// <summary>One target of <c>kdump.target=</c>.</summary>
public struct TargetSpec
{
    /// <summary>Kind of the target; decides which of the other members have a meaning.</summary>
    public TargetKind Kind;

    /// <summary>Serial: number N of <c>ttySN</c>.</summary>
    public byte Port;

    /// <summary>Disk: UUID of the dump area; nil for any area.</summary>
    public AreaUuid Uuid;

    /// <summary>Serial: baud rate, 0 if none was given.</summary>
    public uint Baud;

    /// <summary>Network: the server.</summary>
    public TcpEndpoint Server;

    /// <summary>HTTP: where the path begins in the target's text; its end if there is none.</summary>
    public ushort PathOffset;

    /// <summary>Where the target's text begins in the command line, bytes; 0 with no length for the default target.</summary>
    public ushort TextOffset;

    /// <summary>Length of the target's text, bytes.</summary>
    public ushort TextLength;
}
