namespace CosmosKdump.Kernel.Drivers.Intel;

/// <summary>
/// Descriptors of 16 bytes (8254x, 3.2.3 and 3.3; 82574, 7.1.4 and 7.2.10). In all of them the address or the offsets are
/// in the first 8 bytes, length and command in the next 4, status in the last.
/// </summary>
internal static class E1000Descriptor
{
    /// <summary>Bytes of a descriptor.</summary>
    public const int Bytes = 16;

    /// <summary>Where length and command lie.</summary>
    public const int CommandAt = 8;

    /// <summary>Where the status lies, and in those to transmit options, or what segmentation needs.</summary>
    public const int StatusAt = 12;

    /// <summary>DD: the device is done with it.</summary>
    public const byte Done = 1 << 0;

    /// <summary>Received, EOP: the frame ends here.</summary>
    public const byte ReceivedEnd = 1 << 1;

    /// <summary>Received, where errors lie: any makes the frame useless.</summary>
    public const int ReceivedErrorsAt = 13;

    /// <summary>EOP, IFCS and RS: the frame ends here, gets an FCS, and is to be told of.</summary>
    public const uint Last = (1u << 24) | (1u << 25) | (1u << 27);

    /// <summary>TSE: to be cut into segments; in a context, too.</summary>
    public const uint Segmented = 1u << 26;

    /// <summary>DEXT without a type: a context.</summary>
    public const uint Context = 1u << 29;

    /// <summary>Of a context: the packet is TCP over IPv4.</summary>
    public const uint ContextTcpV4 = 3u << 24;

    /// <summary>DEXT with type 1: data whose context came before.</summary>
    public const uint Data = Context | (1u << 20);

    /// <summary>TXSM: insert the checksum of TCP.</summary>
    public const uint InsertTcp = 1u << 9;

    /// <summary>IXSM: insert the checksum of IP.</summary>
    public const uint InsertIp = 1u << 8;

    /// <summary>
    /// Most bytes of one descriptor: a quarter of the least packet buffer that is given to transmission.
    /// </summary>
    public const int MostBytes = 4096;
}
