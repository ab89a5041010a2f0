using System;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// Where an HTTP upload goes: <c>http://IP[:PORT]/PATH</c>. A path that ends with a slash is a folder, in which each dump
/// gets a name of its own.
/// </summary>
public readonly struct HttpTarget(TcpEndpoint server, HeldBuffer path, bool overwrites)
{
    /// <summary>Port of servers if none is given.</summary>
    public const ushort DefaultPort = 80;

    /// <summary>Longest path.</summary>
    public const int PathBytes = 512;

    /// <summary>Bytes that the head of a request takes at the most.</summary>
    public const int HeadBytes = PathBytes + 448;

    private const int NameBytes = 40;

    private readonly HeldBuffer _path = path;
    private readonly bool _overwrites = overwrites;

    /// <summary>The server.</summary>
    public TcpEndpoint Server { get; } = server;

    /// <summary>What every target of this kind begins with.</summary>
    public static ReadOnlySpan<byte> Scheme => "http://"u8;

    /// <summary>
    /// Parses the whole target; <see cref="Status.BadOptionValue"/>. <paramref name="pathOffset"/>: where the path begins,
    /// the end if there is none.
    /// </summary>
    public static Status Parse(scoped ReadOnlySpan<byte> text, out TcpEndpoint server, out int pathOffset)
    {
        server = default;
        pathOffset = text.Length;
        if (!text.StartsWith(Scheme))
        {
            return Status.BadOptionValue;
        }
        ReadOnlySpan<byte> rest = text[Scheme.Length..];
        int slash = rest.IndexOf((byte)'/');
        ReadOnlySpan<byte> host = slash < 0 ? rest : rest[..slash];
        pathOffset = slash < 0 ? text.Length : Scheme.Length + slash;
        ReadOnlySpan<byte> path = text[pathOffset..];
        for (int i = 0; i < path.Length; i++)
        {
            // What a request line could not carry.
            if (path[i] is <= (byte)' ' or >= 0x7F)
            {
                return Status.BadOptionValue;
            }
        }
        return path.Length > PathBytes ? Status.BadOptionValue : TcpEndpoint.Parse(host, DefaultPort, out server);
    }

    /// <summary>Appends the path, with the name that a folder's dump gets.</summary>
    public void AppendPath(scoped ref TextLine line, in DumpFacts facts, bool isFlat)
    {
        ReadOnlySpan<byte> path = _path.Bytes;
        line.Add(path.Length == 0 ? "/"u8 : path);
        if (path.Length == 0 || path[^1] == (byte)'/')
        {
            line.Add("vmcore-"u8);
            line.AddDecimal(facts.CrashTimeSeconds);
            line.Add(isFlat ? ".flat"u8 : default);
        }
    }

    /// <summary>
    /// Appends the head of the request. Unless overwriting was asked for, a server that knows how is told to keep what it
    /// has (RFC 9110, 13.1.2).
    /// </summary>
    public void AppendHead(scoped ref HttpText text, in DumpFacts facts, bool isFlat)
    {
        text.Add("PUT "u8);
        Span<byte> buffer = stackalloc byte[PathBytes + NameBytes];
        var path = new TextLine(buffer);
        AppendPath(ref path, in facts, isFlat);
        text.Add(path.Text);
        text.Add(" HTTP/1.1\r\nHost: "u8);
        text.AddServer(Server);
        text.Add("\r\nUser-Agent: CosmosKdump\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n"u8);
        if (!_overwrites)
        {
            text.Add("If-None-Match: *\r\n"u8);
        }
        if (isFlat)
        {
            text.Add("Transfer-Encoding: chunked\r\n\r\n"u8);
        }
        else
        {
            text.Add("Content-Length: "u8);
            text.AddDecimal(facts.LengthBytes);
            text.Add("\r\n\r\n"u8);
        }
    }
}
