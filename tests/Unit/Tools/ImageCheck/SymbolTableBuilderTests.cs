using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Symbols;
using CosmosKdump.ImageCheck;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.ImageCheck.Symbols;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public class SymbolTableBuilderTests
{
    [Fact]
    public void The_kernel_finds_every_function_by_its_offset()
    {
        var image = new TinyImage();
        ulong alpha = image.Function("kernel_CosmosKdump_Kernel_Alpha__Start", 0x90, 0x90, 0xC3);
        ulong copy = image.Function("memcpy", 0xC3);
        SymbolTableBuilder table = SymbolTableBuilder.Of(image.Elf());
        Assert.Equal("Kernel.Alpha.Start+0x0", Find(table, alpha));
        Assert.Equal("Kernel.Alpha.Start+0x2", Find(table, alpha + 2));
        Assert.Equal("memcpy+0x0", Find(table, copy));
        Assert.Equal("startup_64+0x1", Find(table, TinyImage.Base + 0x201));
    }

    [Fact]
    public void Nothing_is_found_behind_the_code()
    {
        SymbolTableBuilder table = SymbolTableBuilder.Of(new TinyImage().Elf());
        Assert.Equal("E201", Find(table, TinyImage.Base + TinyImage.TextSize));
        Assert.Equal("E201", Find(table, ulong.MaxValue));
    }

    [Fact]
    public void Of_two_names_for_one_place_the_method_is_taken()
    {
        var image = new TinyImage();
        ulong run = image.Function("kernel_CosmosKdump_Kernel_KernelMain__Run", 0xC3);
        image.Symbols.Insert(1, new ElfSymbol("kernel_main", run, 1, ElfNumbers.SymbolFunction, 1, 1));
        Assert.Equal("Kernel.KernelMain.Run+0x0", Find(SymbolTableBuilder.Of(image.Elf()), run));
    }

    [Fact]
    public void Data_and_labels_inside_of_functions_are_left_out()
    {
        var image = new TinyImage();
        ulong f = image.Function("probe_copy", 0x90, 0x90, 0xC3);
        image.Symbols.Add(TinyImage.Label("probe_copy_fault", f + 1));
        image.Symbols.Add(TinyImage.Label("counter", TinyImage.Data) with { SectionIndex = 3 });
        SymbolTableBuilder table = SymbolTableBuilder.Of(image.Elf());
        Assert.Equal("probe_copy+0x1", Find(table, f + 1));
        Assert.DoesNotContain(table.Entries, e => e.Name is "counter" or "multiboot2_header" or "image_start");
    }

    [Fact]
    public void Names_are_stored_once_and_a_table_of_1500_methods_stays_under_40_KiB()
    {
        var image = new TinyImage();
        for (int i = 0; i < 1500; i++)
        {
            // 60 types with 25 methods each; one byte of code per method.
            string name = $"kernel_CosmosKdump_Kernel_Drivers_SomeDeviceWithName{i / 25}__ReadRegister{i % 25}";
            image.Symbols.Add(new ElfSymbol(name, TinyImage.Base + 0x300 + (ulong)i, 1, ElfNumbers.SymbolFunction, 1, 1));
        }
        SymbolTableBuilder table = SymbolTableBuilder.Of(image.Elf());
        int size = table.TableBytes().Length + table.Names.Length;
        Assert.InRange(size, 1500 * SymbolTable.EntryBytes, 40 * 1024);
        Assert.Equal(table.Entries.Count * SymbolTable.EntryBytes, table.TableBytes().Length);
        Assert.Equal(1, Count(table.Names, "ReadRegister24"));
    }

    [Fact]
    public void An_image_without_its_base_symbol_is_refused()
    {
        var image = new TinyImage();
        image.Symbols.RemoveAll(s => s.Name == "image_start");
        Assert.Contains(
            "no symbol image_start", Assert.Throws<ImageFormatException>(() => SymbolTableBuilder.Of(image.Elf())).Message);
    }

    [Fact]
    public void More_names_than_16_bits_address_are_refused()
    {
        var image = new TinyImage();
        for (int i = 0; i < 400; i++)
        {
            string name = new string('x', 200) + i;
            image.Symbols.Add(new ElfSymbol(name, TinyImage.Base + 0x300 + (ulong)i, 1, ElfNumbers.SymbolFunction, 1, 1));
        }
        Assert.Contains(
            "exceed 65536", Assert.Throws<ImageFormatException>(() => SymbolTableBuilder.Of(image.Elf())).Message);
    }

    [Fact]
    public void The_assembler_file_holds_the_bytes_of_the_table_and_the_names()
    {
        var image = new TinyImage();
        image.Function("kernel_CosmosKdump_Kernel_Alpha__Start", 0xC3);
        SymbolTableBuilder table = SymbolTableBuilder.Of(image.Elf());
        using var text = new StringWriter();
        SymbolSource.Write(text, table);
        string[] lines = text.ToString().Split('\n');
        Assert.Contains("\t.section .rodata.symbols, \"a\", @progbits", lines);
        Assert.Equal(
            table.TableBytes(),
            Between(lines, "symbol_table:", "symbol_table_end:").SelectMany(EntryBytes).ToArray());
        Assert.Equal(
            table.Names,
            Between(lines, "symbol_names:", "symbol_names_end:").SelectMany(l => Numbers(l)).Select(n => (byte)n).ToArray());
    }

    [Fact]
    public void The_empty_table_has_the_same_labels()
    {
        using var text = new StringWriter();
        SymbolSource.Write(text, SymbolTableBuilder.Empty());
        string[] lines = text.ToString().Split('\n');
        Assert.Empty(Between(lines, "symbol_table:", "symbol_table_end:"));
        Assert.Equal(["\t.byte 0"], Between(lines, "symbol_names:", "symbol_names_end:"));
    }

    private static string Find(SymbolTableBuilder table, ulong address)
    {
        Status status = new SymbolTable(table.TableBytes(), table.Names).Find(address - TinyImage.Base, out SymbolMatch match);
        if (status != Status.Ok)
        {
            return $"E{(int)status}";
        }
        var line = new TextLine(new byte[200]);
        match.AddTo(ref line);
        return Encoding.ASCII.GetString(line.Text);
    }

    private static int Count(byte[] bytes, string text) => Encoding.ASCII.GetString(bytes).Split(text).Length - 1;

    private static IEnumerable<string> Between(string[] lines, string first, string last) =>
        lines.SkipWhile(l => l != first).Skip(1).TakeWhile(l => l != last && !l.Contains(".globl"));

    private static byte[] EntryBytes(string line)
    {
        uint[] numbers = Numbers(line).ToArray();
        return
        [
            .. BitConverter.GetBytes(numbers[0]), .. BitConverter.GetBytes((ushort)numbers[1]),
            .. BitConverter.GetBytes((ushort)numbers[2]),
        ];
    }

    /// <summary>The numbers behind .long, .short and .byte.</summary>
    private static IEnumerable<uint> Numbers(string line) => line.Split("/*")[0]
        .Split([' ', ',', ';', '\t'], StringSplitOptions.RemoveEmptyEntries)
        .Where(w => w[0] != '.')
        .Select(w => w.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToUInt32(w, 16) : Convert.ToUInt32(w, 10));
}
