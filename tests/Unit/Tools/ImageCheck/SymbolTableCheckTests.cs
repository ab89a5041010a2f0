using System;
using System.Collections.Generic;
using CosmosKdump.ImageCheck;
using CosmosKdump.ImageCheck.Checks;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.ImageCheck.Symbols;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public class SymbolTableCheckTests
{
    private const ulong Table = TinyImage.Rodata + 0x400;
    private const ulong Names = TinyImage.Rodata + 0x800;

    [Fact]
    public void The_table_of_the_first_link_is_right_in_the_second() => Assert.Empty(Verify(_ => { }));

    [Fact]
    public void Code_that_moved_between_the_links_is_caught() => Assert.Contains(
        "entry 2, Kernel.Beta.Stop, is wrong",
        Assert.Single(Verify(i => i.Symbols[^1] = i.Symbols[^1] with { Address = i.Symbols[^1].Address + 4 })).Text);

    [Fact]
    public void A_function_that_is_new_in_the_second_link_is_caught() => Assert.Contains(
        "linked with an older table", Assert.Single(Verify(i => i.Function("late", 0xC3))).Text);

    [Fact]
    public void Damaged_names_are_caught() => Assert.Contains(
        "the names in the image", Assert.Single(Verify(i => i.Body[Names + 3 - TinyImage.Base] ^= 1)).Text);

    [Fact]
    public void An_image_without_a_table_is_caught()
    {
        var subject = new CheckSubject(new TinyImage().Elf(), new CpuPolicy());
        SymbolTableCheck.Run(subject);
        Assert.Contains("no symbols symbol_table", Assert.Single(subject.Findings).Text);
    }

    [Fact]
    public void A_table_that_reaches_out_of_the_file_is_caught() => Assert.Contains(
        "not within the bytes of the image", Assert.Single(Verify(i => Move(i, "symbol_table_end", TinyImage.End))).Text);

    private static void Move(TinyImage image, string name, ulong address)
    {
        int i = image.Symbols.FindIndex(s => s.Name == name);
        image.Symbols[i] = image.Symbols[i] with { Address = address };
    }

    /// <summary>Links twice as the kernel's build does, spoils the second image, and verifies it.</summary>
    private static List<Finding> Verify(Action<TinyImage> spoil)
    {
        SymbolTableBuilder first = SymbolTableBuilder.Of(Link().Elf());
        TinyImage second = Link();
        byte[] table = first.TableBytes();
        byte[] names = first.Names;
        table.CopyTo(second.Body, (int)(Table - TinyImage.Base));
        names.CopyTo(second.Body, (int)(Names - TinyImage.Base));
        second.Symbols.InsertRange(1,
        [
            Label("symbol_table", Table), Label("symbol_table_end", Table + (ulong)table.Length),
            Label("symbol_names", Names), Label("symbol_names_end", Names + (ulong)names.Length),
        ]);
        spoil(second);
        var subject = new CheckSubject(second.Elf(), new CpuPolicy());
        SymbolTableCheck.Run(subject);
        return subject.Findings;
    }

    private static ElfSymbol Label(string name, ulong address) => TinyImage.Label(name, address) with { SectionIndex = 2 };

    private static TinyImage Link()
    {
        var image = new TinyImage();
        image.Function("kernel_CosmosKdump_Kernel_Alpha__Start", 0x90, 0xC3);
        image.Function("kernel_CosmosKdump_Kernel_Beta__Stop", 0x90, 0x90, 0x90, 0x90, 0x90, 0xC3);
        return image;
    }
}
