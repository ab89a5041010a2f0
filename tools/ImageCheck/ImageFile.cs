using System;
using System.Buffers.Binary;
using System.Text;

namespace CosmosKdump.ImageCheck;

/// <summary>The bytes of a file, read with bounds: every read past the end names the file and the offset.</summary>
public sealed class ImageFile(string name, byte[] bytes)
{
    private readonly byte[] _bytes = bytes;

    /// <summary>Name of the file, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>Length of the file, bytes.</summary>
    public long LengthBytes => _bytes.Length;

    /// <summary>Part of the file. Throws <see cref="ImageFormatException"/> if it reaches past the end.</summary>
    public ReadOnlyMemory<byte> Slice(ulong offsetBytes, ulong lengthBytes)
    {
        ulong length = (ulong)_bytes.Length;
        if (offsetBytes > length || lengthBytes > length - offsetBytes)
        {
            throw new ImageFormatException(Name, (long)offsetBytes, $"{lengthBytes} bytes reach past the end of the file");
        }
        return _bytes.AsMemory((int)offsetBytes, (int)lengthBytes);
    }

    /// <summary>A byte.</summary>
    public byte Byte(ulong offsetBytes) => Slice(offsetBytes, 1).Span[0];

    /// <summary>A 16-bit little-endian number.</summary>
    public ushort UInt16(ulong offsetBytes) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(offsetBytes, 2).Span);

    /// <summary>A 32-bit little-endian number.</summary>
    public uint UInt32(ulong offsetBytes) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(offsetBytes, 4).Span);

    /// <summary>A 64-bit little-endian number.</summary>
    public ulong UInt64(ulong offsetBytes) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(offsetBytes, 8).Span);

    /// <summary>A NUL-terminated string inside a string table.</summary>
    public string Text(ulong tableOffsetBytes, ulong tableSizeBytes, ulong index)
    {
        if (index >= tableSizeBytes)
        {
            throw new ImageFormatException(Name, (long)tableOffsetBytes, $"no string at index {index} of the string table");
        }
        ReadOnlySpan<byte> rest = Slice(tableOffsetBytes + index, tableSizeBytes - index).Span;
        int end = rest.IndexOf((byte)0);
        if (end < 0)
        {
            throw new ImageFormatException(Name, (long)(tableOffsetBytes + index), "string without an end");
        }
        return Encoding.UTF8.GetString(rest[..end]);
    }
}
