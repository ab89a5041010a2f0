using System;

namespace CosmosKdump.Capture.Net;

/// <summary>Control bits of a TCP segment (RFC 9293, 3.1).</summary>
[Flags]
public enum TcpFlags : byte
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>FIN: no more data.</summary>
    Fin = 1,
    /// <summary>SYN: a connection begins.</summary>
    Syn = 2,
    /// <summary>RST: there is no such connection.</summary>
    Reset = 4,
    /// <summary>PSH: to be passed on at once.</summary>
    Push = 8,
    /// <summary>ACK: the acknowledgment number is valid.</summary>
    Ack = 16,
}
