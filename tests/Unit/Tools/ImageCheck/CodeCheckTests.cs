using System;
using System.Linq;
using CosmosKdump.ImageCheck;
using CosmosKdump.ImageCheck.Elf;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public class CodeCheckTests
{
    [Fact]
    public void A_good_image_has_no_findings() => Assert.Empty(Spoiled.Elf(_ => { }));

    [Fact]
    public void Avx_is_caught_and_the_line_names_address_and_method()
    {
        ulong at = 0;
        Finding finding = Spoiled.Only(
            Spoiled.Elf(i => at = i.Function(
                "kernel_CosmosKdump_Kernel_Drivers_NvmeController__Submit",
                a => { a.nop(); a.vaddps(ymm0, ymm1, ymm2); a.ret(); })),
            FindingKind.CpuFeature, "needs AVX");
        Assert.Equal(at + 1, finding.Address);
        Assert.Contains("(Kernel.Drivers.NvmeController.Submit+0x1): vaddps ymm0, ymm1, ymm2", finding.ToString());
    }

    [Theory]
    [InlineData("AES", new byte[] { 0x66, 0x0F, 0x38, 0xDC, 0xC1 })]
    [InlineData("BMI1", new byte[] { 0xC4, 0xE2, 0x78, 0xF3, 0xD1 })]
    [InlineData("BMI2", new byte[] { 0xC4, 0xE2, 0x7B, 0xF5, 0xC1 })]
    [InlineData("POPCNT", new byte[] { 0xF3, 0x0F, 0xB8, 0xC1 })]
    [InlineData("SSSE3", new byte[] { 0x66, 0x0F, 0x38, 0x00, 0xC1 })]
    [InlineData("FPU", new byte[] { 0xD9, 0xE8 })]
    [InlineData("MMX", new byte[] { 0x0F, 0x77 })]
    [InlineData("MMX registers", new byte[] { 0xF3, 0x0F, 0xD6, 0xC1 })] // movq2dq belongs to SSE2
    public void What_the_set_up_does_not_allow_is_caught(string feature, byte[] code) => Spoiled.Only(
        Spoiled.Elf(i => i.Function("f", [.. code, 0xC3])), FindingKind.CpuFeature, $"needs {feature}");

    [Fact]
    public void Privileged_instructions_and_sse2_are_allowed() => Assert.Empty(Spoiled.Elf(i => i.Function("f", a =>
    {
        a.wrmsr();
        a.mov(cr3, rax);
        a.lidt(__[rsp]);
        a.wbinvd();
        a.rdtsc();
        a.lfence();
        a.fxsave(__[rsp]);
        a.fninit();
        a.endbr64();
        a.pause();
        a.paddq(xmm0, xmm1);
        a.swapgs();
        a.iretq();
    })));

    [Fact]
    public void More_can_be_allowed_everywhere()
    {
        var policy = new CpuPolicy();
        policy.Allow("x86-64-v2,TZCNT");
        Assert.Empty(Spoiled.Elf(
            i => i.Function("f", a => { a.popcnt(eax, ecx); a.tzcnt(eax, ecx); a.pshufb(xmm0, xmm1); a.ret(); }), policy));
        Spoiled.Only(
            Spoiled.Elf(i => i.Function("f", a => { a.blsr(eax, ecx); a.ret(); }), policy),
            FindingKind.CpuFeature, "needs BMI1");
    }

    [Fact]
    public void More_can_be_allowed_in_some_functions_only()
    {
        var policy = new CpuPolicy();
        policy.AllowIn("ZSTD_*_bmi2*:BMI2");
        Finding finding = Spoiled.Only(
            Spoiled.Elf(
                i =>
                {
                    i.Function("ZSTD_decode_bmi2.part.0", a => { a.shlx(eax, ecx, edx); a.ret(); });
                    i.Function("ZSTD_decode", a => { a.shlx(eax, ecx, edx); a.ret(); });
                },
                policy),
            FindingKind.CpuFeature, "needs BMI2");
        Assert.Equal("ZSTD_decode", finding.Symbol);
    }

    [Theory]
    [InlineData("AVX9000")]
    [InlineData("7")]
    [InlineData("+5")]
    public void An_unknown_feature_is_refused(string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new CpuPolicy().Allow(name)).Message);

    [Fact]
    public void Bytes_that_are_no_instruction_are_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Function("f", 0x90, 0x06, 0x90, 0x90)), FindingKind.Undecodable, "not an instruction");

    [Fact]
    public void An_instruction_cut_off_by_the_end_of_its_function_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Function("f", 0x48, 0xB8, 1, 2, 3)), FindingKind.Undecodable, "runs past the end");

    [Fact]
    public void Padding_and_data_with_a_symbol_are_not_decoded() => Assert.Empty(Spoiled.Elf(i =>
    {
        ulong table = i.Function("table", 0x06, 0x06, 0x06);
        i.Symbols[^1] = new ElfSymbol("table", table, 3, ElfNumbers.SymbolObject, 1, 1);
        i.Function("f", 0xC3, 0x00, 0x00, 0x00);
    }));

    [Fact]
    public void Code_between_functions_is_decoded_too() => Spoiled.Only(
        Spoiled.Elf(i => i.Body[0x700] = 0x06), FindingKind.Undecodable, "not an instruction");

    [Fact]
    public void Labels_of_the_assembler_start_a_range() => Assert.Empty(Spoiled.Elf(i =>
    {
        // Decoded on from the 0x48 before it, the ret would be part of another instruction.
        i.Symbols.Add(new ElfSymbol("odd", TinyImage.Base + 0x700, 2, ElfNumbers.SymbolObject, 1, 1));
        i.Symbols.Add(TinyImage.Label("asm_label", TinyImage.Base + 0x702));
        new byte[] { 0x06, 0x48, 0xC3 }.CopyTo(i.Body, 0x700);
    }));

    [Fact]
    public void Code_between_the_code32_labels_is_32_bit_code()
    {
        Spoiled.Only(
            Spoiled.Elf(i =>
            {
                i.Body[0] = 0x06;
                i.Symbols.RemoveAll(s => s.Name.StartsWith("code32", StringComparison.Ordinal));
            }),
            FindingKind.Undecodable, "not an instruction");
        Assert.Empty(Spoiled.Elf(i => i.Body[0] = 0x06));
    }

    [Fact]
    public void A_label_of_32_bit_code_without_its_end_is_refused() => Assert.Contains(
        "code32_end",
        Assert.Throws<ImageFormatException>(
            () => Spoiled.Elf(i => i.Symbols.RemoveAll(s => s.Name == "code32_end"))).Message);

    [Theory]
    [InlineData(TinyImage.Base - 0x1000, "is outside the image")]
    [InlineData(TinyImage.Base + 0x201, "is not the start of an instruction")]
    [InlineData(TinyImage.Rodata, "in .rodata, which is not executable")]
    [InlineData(0UL, "call into nowhere")]
    public void A_call_that_arrives_at_no_instruction_is_caught(ulong target, string why) => Spoiled.Only(
        Spoiled.Elf(i => i.Function("f", a => { a.call(target); a.ret(); })), FindingKind.Branch, why);

    [Fact]
    public void A_jump_into_the_middle_of_an_instruction_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Function("f", 0xEB, 0x01, 0xB8, 0x90, 0x90, 0x90, 0x90, 0xC3)),
        FindingKind.Branch, "not the start of an instruction");

    [Fact]
    public void A_call_that_was_never_relocated_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Function("f", 0xE8, 0, 0, 0, 0, 0xC3)), FindingKind.Relocation, "not relocated");

    [Fact]
    public void A_reference_out_of_the_image_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Function("f", 0x48, 0x8D, 0x05, 0x00, 0x00, 0x00, 0x07, 0xC3)),
        FindingKind.Reference, "outside the image");

    [Fact]
    public void A_call_through_a_read_only_null_pointer_is_caught() => Spoiled.Only(
        Spoiled.Elf(i => i.Function("f", 0xFF, 0x15, 0x00, 0x0F, 0x00, 0x00, 0xC3)),
        FindingKind.Reference, "has no relocation");

    [Theory]
    [InlineData(TinyImage.Base + 0x200, null)]
    [InlineData(TinyImage.Base + 0x201, "not the start of an instruction")]
    public void A_call_through_a_relocated_pointer_goes_where_the_relocation_says(ulong target, string? why)
    {
        var findings = Spoiled.Elf(i =>
        {
            ulong f = i.Function("f", 0xFF, 0x15, 0xEA, 0x1D, 0x00, 0x00, 0xC3);
            Assert.Equal(TinyImage.Base + 0x210, f);
            i.Relocations.Clear();
            i.Relocations.Add(new ElfRelocation(
                ".rela.dyn", TinyImage.Data, ElfNumbers.RelocationRelative, 0, (long)target));
        });
        Assert.Equal(why is null ? 0 : 1, findings.Count);
        Assert.True(why is null || findings.Single().ToString().Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public void An_image_without_code_is_no_good_image() => Spoiled.Some(
        Spoiled.Elf(i => i.Body.AsSpan(0, (int)TinyImage.TextSize).Fill(0xCC)), FindingKind.Undecodable, "no code");
}
