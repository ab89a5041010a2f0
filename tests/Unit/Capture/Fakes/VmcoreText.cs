using System;
using System.Buffers.Binary;
using System.Text;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>Shows the headers of a vmcore as text, for comparison with what a test expects.</summary>
internal static class VmcoreText
{
    /// <summary>The ELF header alone.</summary>
    public static string HeaderOf(byte[] first)
    {
        bool is64 = first[4] == 2;
        int tail = is64 ? 48 : 36;
        ushort Short(int at) => BinaryPrimitives.ReadUInt16LittleEndian(first.AsSpan(at));
        return FormattableString.Invariant($"class={(is64 ? 64 : 32)} machine={Short(18)} ")
            + FormattableString.Invariant($"phoff={Word(first, is64, 32, 28)} shoff={Word(first, is64, 40, 32)} ")
            + FormattableString.Invariant($"phentsize={Short(tail + 6)} phnum={Short(tail + 8)} shnum={Short(tail + 12)}");
    }

    /// <summary>The ELF header and all program headers, a line for each.</summary>
    public static string Of(DumpRecord record)
    {
        byte[] first = record.Read(0, 4096);
        bool is64 = first[4] == 2;
        var text = new StringBuilder(HeaderOf(first)).Append('\n');
        int size = is64 ? 56 : 32;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(first.AsSpan(is64 ? 56 : 44));
        for (int i = 0; i < count; i++)
        {
            byte[] entry = record.Read((ulong)((is64 ? 64 : 52) + (i * size)), size);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            uint flags = BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(is64 ? 4 : 24));
            string name = type switch { 0 => "NULL", 1 => "LOAD", 4 => "NOTE", _ => $"{type:x}" };
            ulong Field(int at64, int at32) => Word(entry, is64, at64, at32);
            text.Append(FormattableString.Invariant(
                $"{name} offset={Field(8, 4):x} vaddr={Field(16, 8):x} paddr={Field(24, 12):x} "));
            text.Append(FormattableString.Invariant(
                $"filesz={Field(32, 16):x} memsz={Field(40, 20):x} flags={flags} align={Field(48, 28):x}\n"));
        }
        return text.ToString();
    }

    private static ulong Word(byte[] bytes, bool is64, int at64, int at32) => is64
        ? BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at64))
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at32));
}
