using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

/// <summary>An ELF64 file with just the sections that a test names.</summary>
internal sealed class SmallElf
{
    private const int HeaderBytes = 64;
    private readonly List<(string Name, byte[] Content)> _sections = [("", [])];

    public SmallElf With(string name, byte[] content)
    {
        _sections.Add((name, content));
        return this;
    }

    public SmallElf With(string name, string content) => With(name, Encoding.ASCII.GetBytes(content));

    public byte[] ToArray()
    {
        StringBuilder names = new();
        MemoryStream contents = new();
        List<byte[]> headers = [];
        _sections.Add((".shstrtab", []));
        foreach ((string name, _) in _sections)
        {
            names.Append(name).Append('\0');
        }
        int nameAt = 0;
        foreach ((string name, byte[] given) in _sections)
        {
            byte[] content = name == ".shstrtab" ? Encoding.ASCII.GetBytes(names.ToString()) : given;
            byte[] header = new byte[HeaderBytes];
            BinaryPrimitives.WriteInt32LittleEndian(header, nameAt);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0x18), HeaderBytes + contents.Length);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0x20), content.Length);
            headers.Add(header);
            contents.Write(content);
            nameAt += name.Length + 1;
        }
        byte[] file = new byte[HeaderBytes];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(0x28), HeaderBytes + contents.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3C), (ushort)headers.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3E), (ushort)(headers.Count - 1));
        return [.. file, .. contents.ToArray(), .. Join(headers)];
    }

    private static byte[] Join(List<byte[]> parts)
    {
        MemoryStream joined = new();
        foreach (byte[] part in parts)
        {
            joined.Write(part);
        }
        return joined.ToArray();
    }
}
