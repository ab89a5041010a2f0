using System;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// Builds the text of a request in a caller's buffer: unlike a <see cref="TextLine"/> of any bytes, and what does not fit
/// makes it unusable.
/// </summary>
public ref struct HttpText(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>Something did not fit.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The text so far.</summary>
    public readonly ReadOnlySpan<byte> Text => _buffer[.._length];

    /// <summary>Appends bytes as they are.</summary>
    public void Add(scoped ReadOnlySpan<byte> bytes)
    {
        IsCut |= bytes.Length > _buffer.Length - _length;
        if (!IsCut)
        {
            bytes.CopyTo(_buffer[_length..]);
            _length += bytes.Length;
        }
    }

    /// <summary>Appends a decimal number.</summary>
    public void AddDecimal(ulong value)
    {
        Span<byte> buffer = stackalloc byte[20];
        var line = new TextLine(buffer);
        line.AddDecimal(value);
        Add(line.Text);
    }

    /// <summary>Appends a hexadecimal number without a prefix.</summary>
    public void AddHex(uint value)
    {
        Span<byte> buffer = stackalloc byte[8];
        var line = new TextLine(buffer);
        line.AddHex(value, 8);
        Add(line.Text);
    }

    /// <summary>Appends address and port of a server.</summary>
    public void AddServer(TcpEndpoint server)
    {
        Span<byte> buffer = stackalloc byte[24];
        var line = new TextLine(buffer);
        server.AppendTo(ref line);
        Add(line.Text);
    }
}
