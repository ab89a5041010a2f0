using System;
using System.IO;
using CosmosKdump.ImageCheck;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public sealed class ProgramTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ckdump-imagecheck-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_good_image_gets_one_line_of_figures()
    {
        var image = new TinyImage();
        (int exit, string output, string errors) =
            Run("check", "--elf", Write("a.elf", image.ElfBytes()), "--bzimage", Write("a.bz", image.BzImageBytes()),
                "--limit", "393216");
        Assert.Equal("", errors);
        Assert.Equal(0, exit);
        Assert.Equal(
            $"a.bz: {image.BzImageBytes().Length} bytes of 393216 (1 %), 12288 unpacked, 32768 in memory "
            + "(.text 4096, .rodata 512, .data 4096, .bss 20480, .rela.dyn 24); "
            + "4 instructions in 1 functions checked\n",
            output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Each_finding_is_a_line_and_the_exit_code_is_1()
    {
        var image = new TinyImage { Entry = TinyImage.Base + 0x201 };
        image.Function("f", 0x0F, 0x77, 0xC3);
        (int exit, string output, string errors) = Run("check", "--elf", Write("a.elf", image.ElfBytes()));
        Assert.Equal(1, exit);
        Assert.Equal("", output);
        string[] lines = errors.TrimEnd().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("error: Entry 0x100201 (startup_64+0x1): ", lines[0]);
        Assert.Equal("error: CpuFeature 0x100210 (f): emms: needs MMX", lines[1]);
    }

    [Fact]
    public void A_flood_of_findings_is_cut()
    {
        var image = new TinyImage();
        for (int i = 0; i < 50; i++)
        {
            image.Function($"f{i}", 0x0F, 0x77, 0xC3);
        }
        string errors = Run("check", "--elf", Write("a.elf", image.ElfBytes())).Errors;
        Assert.Equal(21, errors.TrimEnd().Split('\n').Length);
        Assert.EndsWith("error: CpuFeature: 30 more", errors.TrimEnd());
    }

    [Fact]
    public void Packed_images_pass_the_check()
    {
        string elf = Write("a.elf", new TinyImage().ElfBytes());
        string setup = Write("setup.bin", TinyImage.SetupBytes());
        string shipped = Path.Combine(_folder.FullName, "kdump.elf");
        string bzImage = Path.Combine(_folder.FullName, "kdump.bzimage");
        Assert.Equal(0, Run("pack", "--elf", elf, "--setup", setup, "--out-elf", shipped, "--out-bzimage", bzImage).Exit);
        (int exit, _, string errors) = Run("check", "--elf", elf, "--shipped", shipped, "--bzimage", bzImage);
        Assert.Equal("", errors);
        Assert.Equal(0, exit);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("pack", "--elf", "a")]
    [InlineData("check", "--elf")]
    [InlineData("symbols")]
    [InlineData("symbols", "--elf", "a")]
    [InlineData("symbols", "--empty")]
    [InlineData("symbols", "--elf", "a", "--empty", "--out", "b")]
    [InlineData("symbols", "--elf", "a", "--verify", "--out", "b")]
    [InlineData("frobnicate")]
    public void Wrong_usage_has_the_exit_code_2(params string[] args)
    {
        (int exit, _, string errors) = Run(args);
        Assert.Equal(2, exit);
        Assert.StartsWith("error: ", errors);
    }

    [Fact]
    public void An_unknown_feature_has_the_exit_code_2()
    {
        string elf = Write("a.elf", new TinyImage().ElfBytes());
        Assert.Equal(2, Run("check", "--elf", elf, "--allow", "AVX9000").Exit);
        Assert.Equal(2, Run("check", "--elf", elf, "--allow-in", "f").Exit);
    }

    [Fact]
    public void A_missing_or_wrong_file_has_the_exit_code_1_and_is_named()
    {
        string missing = Path.Combine(_folder.FullName, "missing");
        (int exit, _, string errors) = Run("check", "--elf", missing);
        Assert.Equal(1, exit);
        Assert.Contains(missing, errors);
        string text = Write("text", "no image"u8.ToArray());
        Assert.Equal($"error: {text}: offset 0x0: not an ELF file", Run("check", "--elf", text).Errors.TrimEnd());
    }

    [Fact]
    public void The_symbols_of_an_image_are_written_as_assembler()
    {
        string output = Path.Combine(_folder.FullName, "symbols.S");
        Assert.Equal(0, Run("symbols", "--elf", Write("a.elf", new TinyImage().ElfBytes()), "--out", output).Exit);
        Assert.Contains("/* startup_64 */", File.ReadAllText(output));
        Assert.Equal(0, Run("symbols", "--empty", "--out", output).Exit);
        Assert.DoesNotContain("startup_64", File.ReadAllText(output));
    }

    [Fact]
    public void Verifying_an_image_without_a_table_fails()
    {
        (int exit, _, string errors) = Run("symbols", "--verify", "--elf", Write("a.elf", new TinyImage().ElfBytes()));
        Assert.Equal(1, exit);
        Assert.Contains("no symbols symbol_table", errors);
    }

    private static (int Exit, string Output, string Errors) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int exit = Program.Run(args, output, errors);
        return (exit, output.ToString(), errors.ToString());
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
