using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>
/// A crashed machine from text, a line for each thing:
/// <code>
/// header at=0x3ef60000 class=64            the ELF core header; also machine= type= version= ehsize= phentsize= phoff=
/// NOTE offset=0x2000 memsz=0x400           a program header; also filesz= vaddr= paddr= flags= align=
/// LOAD offset=0x1000 paddr=0x1000 memsz=0x9ec00
/// ram at=0x1000 size=0x9f000               memory that can be read (every LOAD's and NOTE's can)
/// note at=0x2000 name=CORE type=1 size=336 a note; several at one address follow each other
/// info at=0x2400 OSRELEASE=6.1.0|SIZE(list_head)=16    a VMCOREINFO note
/// </code>
/// </summary>
internal sealed class CrashImage
{
    private readonly Dictionary<string, ulong> _header = [];
    private readonly List<byte[]> _programHeaders = [];
    private readonly Dictionary<ulong, MemoryStream> _notes = [];

    private readonly Dictionary<ulong, byte[]> _noteBytes = [];

    private CrashImage()
    {
    }

    public MemoryImage Memory { get; } = new();

    public ulong HeaderAddress { get; private set; }

    public bool Is64 { get; private set; } = true;

    public byte[] HeaderBytes { get; private set; } = [];

    /// <summary>The notes at an address, for a test to damage.</summary>
    public byte[] NoteBytes(ulong address) => _noteBytes[address];

    public static CrashImage Parse(string text)
    {
        var image = new CrashImage();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            image.ParseLine(line);
        }
        foreach ((ulong address, MemoryStream notes) in image._notes)
        {
            byte[] bytes = notes.ToArray();
            image._noteBytes[address] = bytes;
            image.Memory.Place(address, bytes);
        }
        image.BuildHeader();
        return image;
    }

    private void ParseLine(string line)
    {
        string[] words = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (words[0] == "info")
        {
            string info = words[2].Replace('|', '\n') + "\n";
            AddNote(Number(words[1][3..]), "VMCOREINFO", 0, Encoding.ASCII.GetBytes(info));
            return;
        }
        Dictionary<string, string> values = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        ulong Value(string key, ulong fallback) => values.TryGetValue(key, out string? v) ? Number(v) : fallback;
        switch (words[0])
        {
            case "header":
                HeaderAddress = Value("at", 0);
                Is64 = Value("class", 64) == 64;
                foreach ((string key, string value) in values)
                {
                    _header[key] = Number(value);
                }
                break;
            case "ram":
                Memory.AddRam(Value("at", 0), Value("size", 0));
                break;
            case "note":
                AddNote(Value("at", 0), values["name"], (uint)Value("type", 1), new byte[Value("size", 0)]);
                break;
            default:
                AddProgramHeader(words[0], Value);
                break;
        }
    }

    private void AddProgramHeader(string type, Func<string, ulong, ulong> value)
    {
        uint number = type switch { "NULL" => 0, "LOAD" => 1, "NOTE" => 4, _ => (uint)Number(type) };
        ulong size = value("memsz", 0);
        ulong offset = value("offset", 0);
        if (number != 0 && size < 1ul << 40)
        {
            Memory.AddRam(offset & ~4095ul, ((offset + size + 4095) & ~4095ul) - (offset & ~4095ul));
        }
        ulong[] fields =
        [
            offset, value("vaddr", 0), value("paddr", 0), value("filesz", size), size, value("align", 0),
        ];
        _programHeaders.Add(Entry(Is64, number, (uint)value("flags", number == 1 ? 7u : 0u), fields));
    }

    /// <summary>A program header; fields are p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align.</summary>
    public static byte[] Entry(bool is64, uint type, uint flags, ulong[] fields)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(type);
        if (is64)
        {
            writer.Write(flags);
            Array.ForEach(fields, writer.Write);
        }
        else
        {
            Array.ForEach(fields[..5], field => writer.Write((uint)field));
            writer.Write(flags);
            writer.Write((uint)fields[5]);
        }
        return stream.ToArray();
    }

    private void AddNote(ulong address, string name, uint type, byte[] description)
    {
        if (!_notes.TryGetValue(address, out MemoryStream? stream))
        {
            _notes[address] = stream = new MemoryStream();
        }
        for (int i = 0; i < description.Length && type != 0; i++)
        {
            description[i] = (byte)(i + 1);
        }
        using var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
        writer.Write(name.Length + 1);
        writer.Write(description.Length);
        writer.Write(type);
        writer.Write(Padded(Encoding.ASCII.GetBytes(name + "\0")));
        writer.Write(Padded(description));
        // The empty header that ends the notes is overwritten by the next note.
        writer.Write(new byte[12]);
        writer.Flush();
        stream.Position -= 12;
    }

    private static byte[] Padded(byte[] bytes)
    {
        byte[] padded = new byte[(bytes.Length + 3) & ~3];
        bytes.CopyTo(padded, 0);
        return padded;
    }

    private void BuildHeader()
    {
        int count = _programHeaders.Count;
        bool isLong = count >= 0xFFFF;
        int headerBytes = Is64 ? 64 : 52;
        int entryBytes = Is64 ? 56 : 32;
        ulong tableEnd = (ulong)(headerBytes + (count * entryBytes));
        ulong Field(string key, ulong fallback) => _header.GetValueOrDefault(key, fallback);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write([0x7F, (byte)'E', (byte)'L', (byte)'F', (byte)(Is64 ? 2 : 1), 1, 1, .. new byte[9]]);
        writer.Write((ushort)Field("type", 4));
        writer.Write((ushort)Field("machine", Is64 ? 62u : 3u));
        writer.Write((uint)Field("version", 1));
        foreach (ulong word in new[] { 0ul, Field("phoff", (ulong)headerBytes), isLong ? tableEnd : Field("shoff", 0) })
        {
            writer.Write(Is64 ? BitConverter.GetBytes(word) : BitConverter.GetBytes((uint)word));
        }
        writer.Write(0);
        writer.Write((ushort)Field("ehsize", (ulong)headerBytes));
        writer.Write((ushort)Field("phentsize", (ulong)entryBytes));
        writer.Write((ushort)Field("phnum", (ulong)Math.Min(count, 0xFFFF)));
        writer.Write((ushort)(isLong ? (Is64 ? 64 : 40) : 0));
        writer.Write((ushort)(isLong ? 1 : 0));
        writer.Write((ushort)0);
        _programHeaders.ForEach(writer.Write);
        if (isLong)
        {
            byte[] section = new byte[Is64 ? 64 : 40];
            BinaryPrimitives.WriteInt32LittleEndian(section.AsSpan(Is64 ? 44 : 28), count);
            writer.Write(section);
        }
        HeaderBytes = stream.ToArray();
        Memory.Place(HeaderAddress, HeaderBytes);
    }

    private static ulong Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : ulong.Parse(text, CultureInfo.InvariantCulture);
}
