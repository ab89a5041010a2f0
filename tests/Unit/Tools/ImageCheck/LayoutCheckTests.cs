using System.Linq;
using CosmosKdump.ImageCheck;
using CosmosKdump.ImageCheck.Elf;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public class LayoutCheckTests
{
    [Fact]
    public void A_segment_that_is_writable_and_executable_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Segments[2] = i.Segments[2] with { Flags = 7 }),
        FindingKind.WritableCode, "both writable and executable");

    [Fact]
    public void A_section_that_is_writable_and_executable_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Sections[1] = (i.Sections[1].Section with { Flags = 7 }, 0)),
        FindingKind.WritableCode, "section .text is both writable and executable");

    [Fact]
    public void Code_in_a_writable_segment_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Sections.Add(
            (new ElfSection(".hot", 1, 2 | 4, TinyImage.Data + 0x800, TinyImage.BodyOffset + 0x2800, 0x10, 0), 0))),
        FindingKind.WritableCode, "code of section .hot lies in a writable segment");

    [Fact]
    public void Code_in_no_executable_segment_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Sections.Add(
            (new ElfSection(".cold", 1, 2 | 4, TinyImage.Rodata + 0x800, TinyImage.BodyOffset + 0x1800, 0x10, 0), 0))),
        FindingKind.WritableCode, "a segment that is not executable");

    [Theory]
    [InlineData(6u)] // R_X86_64_GLOB_DAT
    [InlineData(7u)] // R_X86_64_JUMP_SLOT
    [InlineData(1u)] // R_X86_64_64
    [InlineData(37u)] // R_X86_64_IRELATIVE
    public void A_relocation_that_the_entry_stub_does_not_apply_is_caught(uint type) => Spoiled.Only(
        Spoiled.Elf(i => i.Relocations[0] = i.Relocations[0] with { Type = type }),
        FindingKind.Relocation, $"type {type} is not applied");

    [Theory]
    [InlineData(TinyImage.Base - 8)]
    [InlineData(TinyImage.Data + 0x1000)] // .bss has no bytes: clearing it would undo the relocation
    [InlineData(TinyImage.Data + 0xFFC)] // half of it in .bss
    [InlineData(TinyImage.End)]
    public void A_relocation_of_a_place_outside_the_image_is_caught(ulong target) => Spoiled.Only(
        Spoiled.Elf(i => i.Relocations[0] = i.Relocations[0] with { Target = target }),
        FindingKind.Relocation, "outside the bytes of the image");

    [Fact]
    public void A_relocation_inside_code_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Relocations[0] = i.Relocations[0] with { Target = TinyImage.Base + 0x800 }),
        FindingKind.Relocation, "inside code");

    [Theory]
    [InlineData((long)TinyImage.Base - 1)]
    [InlineData((long)TinyImage.End + 1)]
    [InlineData(0L)]
    [InlineData(-1L)]
    public void A_relocation_that_points_outside_the_image_is_caught(long addend) => Spoiled.Only(
        Spoiled.Elf(i => i.Relocations[0] = i.Relocations[0] with { Addend = addend }),
        FindingKind.Relocation, "outside the image");

    [Theory]
    [InlineData(ElfNumbers.SectionRel)]
    [InlineData(ElfNumbers.SectionRelr)]
    public void Tables_that_the_entry_stub_does_not_read_are_caught(uint type) => Spoiled.Only(
        Spoiled.Elf(i => i.Sections.Add(
            (new ElfSection(".rel.dyn", type, 2, TinyImage.Rodata + 0x800, TinyImage.BodyOffset + 0x1800, 16, 0), 0))),
        FindingKind.Relocation, ".rel.dyn is of type");

    [Theory]
    [InlineData(1, "symbol RhpNewFast is defined nowhere")]
    [InlineData(2, "weak symbol RhpNewFast is defined nowhere")]
    public void An_undefined_symbol_is_caught(byte binding, string text) => Spoiled.Only(
        Spoiled.Elf(i => i.Symbols.Add(new ElfSymbol("RhpNewFast", 0, 0, 0, binding, 0))), FindingKind.Undefined, text);

    [Fact]
    public void An_image_over_its_limit_is_caught()
    {
        var tiny = new TinyImage();
        int bzImage = tiny.BzImageBytes().Length;
        Assert.Empty(Spoiled.BzImage(_ => { }, limit: bzImage));
        Spoiled.Only(
            Spoiled.BzImage(_ => { }, limit: bzImage - 1), FindingKind.Size,
            $"kdump.bzimage has {bzImage} bytes, the limit is {bzImage - 1}");
        var shipped = ElfImage.Parse(new ImageFile("shipped.elf", tiny.ShippedBytes()));
        Spoiled.Only(
            ImageChecker.Run(new CheckSubject(tiny.Elf(), new CpuPolicy()) { Shipped = shipped, LimitBytes = 100 }),
            FindingKind.Size, $"shipped.elf has {shipped.File.LengthBytes} bytes, the limit is 100");
    }

    [Fact]
    public void Memory_has_a_limit_of_its_own()
    {
        ElfImage elf = new TinyImage().Elf();
        long bytes = (long)(elf.End - elf.Start);
        Assert.Empty(ImageChecker.Run(new CheckSubject(elf, new CpuPolicy()) { MemoryLimitBytes = bytes }));
        Spoiled.Only(
            ImageChecker.Run(new CheckSubject(elf, new CpuPolicy()) { MemoryLimitBytes = bytes - 1 }),
            FindingKind.Size, $"takes {bytes} bytes of memory, the limit is {bytes - 1}");
    }

    [Fact]
    public void Every_fault_gets_its_own_line() => Assert.Equal(
        3,
        Spoiled.Elf(i =>
        {
            i.Symbols.Add(new ElfSymbol("a", 0, 0, 0, 1, 0));
            i.Symbols.Add(new ElfSymbol("b", 0, 0, 0, 1, 0));
            i.Segments[2] = i.Segments[2] with { Flags = 7 };
        }).Select(f => f.ToString()).Distinct().Count());
}
