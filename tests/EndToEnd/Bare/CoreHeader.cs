using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CosmosKdump.Tests.EndToEnd.Support;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>An ELF64 core header made by hand, as a loader would leave it at <c>elfcorehdr=</c>, or not quite.</summary>
public sealed class CoreHeader
{
    /// <summary>Bytes of the ELF header.</summary>
    public const int ElfHeaderBytes = 64;

    /// <summary>Bytes of a program header.</summary>
    public const int EntryBytes = 56;

    private const ulong DirectMap = 0xFFFF_8880_0000_0000;
    private const ushort Core = 4;
    private const ushort X86 = 62;
    private readonly List<ProgramHeader> _entries = [];

    /// <summary>Bytes of the header.</summary>
    public int LengthBytes => ElfHeaderBytes + (_entries.Count * EntryBytes);

    /// <summary>Adds a PT_NOTE whose notes lie at a physical address.</summary>
    public CoreHeader Notes(ulong address, ulong lengthBytes)
    {
        _entries.Add(new ProgramHeader(ProgramHeader.Note, 0, address, 0, address, lengthBytes, lengthBytes, 0));
        return this;
    }

    /// <summary>Adds a PT_LOAD; <paramref name="source"/> is where its bytes are now, if that is elsewhere.</summary>
    public CoreHeader Load(ulong address, ulong lengthBytes, ulong? source = null)
    {
        _entries.Add(new ProgramHeader(
            ProgramHeader.Load, 7, source ?? address, DirectMap + address, address, lengthBytes, lengthBytes, 0));
        return this;
    }

    /// <summary>The header's bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[LengthBytes];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16), Core);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), X86);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), ElfHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(52), ElfHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(54), EntryBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(56), (ushort)_entries.Count);
        for (int i = 0; i < _entries.Count; i++)
        {
            Write(bytes.AsSpan(ElfHeaderBytes + (i * EntryBytes)), _entries[i]);
        }
        return bytes;
    }

    /// <summary>A note with its padding.</summary>
    public static byte[] Note(string owner, uint type, ReadOnlySpan<byte> content)
    {
        byte[] name = Encoding.ASCII.GetBytes(owner + "\0");
        byte[] head = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(head, name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), type);
        return [.. head, .. Padded(name), .. Padded(content.ToArray())];
    }

    private static IEnumerable<byte> Padded(byte[] bytes) => bytes.Concat(new byte[-bytes.Length & 3]);

    private static void Write(Span<byte> entry, in ProgramHeader header)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(entry, header.Type);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], header.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], header.OffsetBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], header.VirtualAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], header.PhysicalAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], header.FileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], header.MemoryBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[48..], header.Alignment);
    }
}
