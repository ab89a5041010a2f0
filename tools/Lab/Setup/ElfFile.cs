using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace CosmosKdump.Lab.Setup;

/// <summary>
/// The sections of a little-endian ELF64 file (System V gABI, "Sections"), as far as the lab needs them.
/// </summary>
public sealed class ElfFile
{
    private const int HeaderBytes = 64;
    private const int SectionBytes = 64;
    private const long DtNeeded = 1;
    private readonly byte[] _file;
    private readonly Dictionary<string, (int Offset, int Length)> _sections = [];

    /// <summary>Reads the section table.</summary>
    public ElfFile(byte[] file)
    {
        _file = file;
        if (file.Length < HeaderBytes || !file.AsSpan(0, 4).SequenceEqual("\u007fELF"u8) || file[4] != 2)
        {
            throw new LabException("not an ELF64 file");
        }
        int table = (int)Word64(0x28);
        int count = Word16(0x3C);
        int names = (int)Word64(table + (Word16(0x3E) * SectionBytes) + 0x18);
        for (int i = 0; i < count; i++)
        {
            int header = table + (i * SectionBytes);
            int offset = (int)Word64(header + 0x18);
            int length = (int)Word64(header + 0x20);
            _sections.TryAdd(Text(names + (int)Word32(header)), (offset, length));
        }
    }

    /// <summary>Names of the shared libraries that the file asks for (DT_NEEDED).</summary>
    public IEnumerable<string> NeededLibraries
    {
        get
        {
            if (!_sections.TryGetValue(".dynamic", out (int Offset, int Length) dynamic))
            {
                yield break;
            }
            for (int at = dynamic.Offset; at < dynamic.Offset + dynamic.Length; at += 16)
            {
                if ((long)Word64(at) == DtNeeded)
                {
                    yield return Text(_sections[".dynstr"].Offset + (int)Word64(at + 8));
                }
            }
        }
    }

    /// <summary>The bytes of a section; empty if there is none of that name.</summary>
    public ReadOnlySpan<byte> Section(string name) =>
        _sections.TryGetValue(name, out (int Offset, int Length) at) ? _file.AsSpan(at.Offset, at.Length) : default;

    /// <summary>The value of a key in a kernel module's <c>.modinfo</c>; empty if it is not there.</summary>
    public string ModuleInfo(string key)
    {
        foreach (string entry in Encoding.ASCII.GetString(Section(".modinfo")).Split('\0'))
        {
            if (entry.StartsWith(key + "=", StringComparison.Ordinal))
            {
                return entry[(key.Length + 1)..];
            }
        }
        return "";
    }

    private ushort Word16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(offset));

    private uint Word32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(offset));

    private ulong Word64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_file.AsSpan(offset));

    private string Text(int offset)
    {
        ReadOnlySpan<byte> rest = _file.AsSpan(offset);
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}
