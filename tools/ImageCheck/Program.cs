using System;
using System.CommandLine;
using System.IO;
using CosmosKdump.ImageCheck.Checks;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.ImageCheck.Packing;
using CosmosKdump.ImageCheck.Symbols;

namespace CosmosKdump.ImageCheck;

/// <summary>Entry point.</summary>
public static class Program
{
    /// <summary>Runs the command line; exit code 0 ok, 1 failed, 2 usage.</summary>
    public static int Main(string[] args) => Run(args, Console.Out, Console.Error);

    /// <summary>Runs a command line with outputs of the caller's choice.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        var root = new RootCommand("Makes the kernel's symbol table and the images of CosmosKdump, and checks them.");
        root.Subcommands.Add(Check(errors));
        root.Subcommands.Add(Symbols(errors));
        root.Subcommands.Add(Pack());
        ParseResult result = root.Parse(args);
        if (result.Errors.Count != 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in result.Errors)
            {
                errors.WriteLine($"error: {error.Message}");
            }
            return 2;
        }
        try
        {
            return result.Invoke(new InvocationConfiguration
            {
                Output = output, Error = errors, EnableDefaultExceptionHandler = false,
            });
        }
        catch (Exception e) when (e is ImageFormatException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"error: {e.Message}");
            return 1;
        }
        catch (ArgumentException e)
        {
            errors.WriteLine($"error: {e.Message}");
            return 2;
        }
    }

    private static Command Check(TextWriter errors)
    {
        var elf = new Option<string>("--elf") { Description = "kdump.elf, with its symbols", Required = true };
        var bzImage = new Option<string?>("--bzimage") { Description = "kdump.bzimage made of the same link" };
        var shipped = new Option<string?>("--shipped") { Description = "kdump.elf as users get it, without symbols" };
        var limit = new Option<long?>("--limit") { Description = "most bytes of each image" };
        var memory = new Option<long?>("--memory-limit") { Description = "most bytes of memory that the image takes" };
        var allow = new Option<string[]>("--allow")
        {
            Description = "CPUID features or instructions to allow besides x86-64's baseline, e.g. x86-64-v2,TZCNT",
        };
        var allowIn = new Option<string[]>("--allow-in")
        {
            Description = "the same in functions that test CPUID first, e.g. '*_bmi2*:BMI1,BMI2'",
        };
        var command = new Command("check", "Fails when an image holds what the kernel's set-up does not allow.")
        {
            elf, bzImage, shipped, limit, memory, allow, allowIn,
        };
        command.SetAction(result =>
        {
            var policy = new CpuPolicy();
            Array.ForEach(result.GetValue(allow) ?? [], policy.Allow);
            Array.ForEach(result.GetValue(allowIn) ?? [], policy.AllowIn);
            string? image = result.GetValue(bzImage);
            string? stripped = result.GetValue(shipped);
            var subject = new CheckSubject(ReadElf(result.GetRequiredValue(elf)), policy)
            {
                BzImage = image is null ? null : Read(image),
                Shipped = stripped is null ? null : ReadElf(stripped),
                LimitBytes = result.GetValue(limit),
                MemoryLimitBytes = result.GetValue(memory),
            };
            ImageChecker.Run(subject);
            return CheckReport.Write(subject, result.InvocationConfiguration.Output, errors);
        });
        return command;
    }

    private static Command Symbols(TextWriter errors)
    {
        var elf = new Option<string?>("--elf") { Description = "a linked image with its symbols" };
        var to = new Option<string?>("--out") { Description = "assembler file to write" };
        var empty = new Option<bool>("--empty") { Description = "write a table without entries, for the first link" };
        var verify = new Option<bool>("--verify") { Description = "check that the table in the image is the image's own" };
        var command = new Command("symbols", "Makes the kernel's symbol table, or verifies it after the second link.")
        {
            elf, to, empty, verify,
        };
        command.Validators.Add(result =>
        {
            bool isVerify = result.GetValue(verify);
            if (isVerify == (result.GetValue(to) is not null) || isVerify && result.GetValue(empty))
            {
                result.AddError("give either --out or --verify");
            }
            if (result.GetValue(empty) == (result.GetValue(elf) is not null))
            {
                result.AddError("give either --elf or --empty");
            }
        });
        command.SetAction(result =>
        {
            string? input = result.GetValue(elf);
            if (result.GetValue(to) is string path)
            {
                SymbolTableBuilder table = input is null ? SymbolTableBuilder.Empty() : SymbolTableBuilder.Of(ReadElf(input));
                using var file = new StreamWriter(path);
                SymbolSource.Write(file, table);
                return 0;
            }
            var subject = new CheckSubject(ReadElf(input!), new CpuPolicy());
            SymbolTableCheck.Run(subject);
            subject.Findings.ForEach(f => errors.WriteLine($"error: {input}: {f}"));
            return subject.Findings.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command Pack()
    {
        var elf = new Option<string>("--elf") { Description = "the linked image", Required = true };
        var setup = new Option<string>("--setup") { Description = "boot header and real-mode part", Required = true };
        var toElf = new Option<string>("--out-elf") { Description = "kdump.elf to write", Required = true };
        var toBzImage = new Option<string>("--out-bzimage") { Description = "kdump.bzimage to write", Required = true };
        var command = new Command("pack", "Makes the images that users get: the linked one with its payload packed.")
        {
            elf, setup, toElf, toBzImage,
        };
        command.SetAction(result =>
        {
            ElfImage linked = ReadElf(result.GetRequiredValue(elf));
            byte[] shipped = PackedImage.Pack(linked);
            File.WriteAllBytes(result.GetRequiredValue(toElf), PackedElf.Make(linked, shipped));
            File.WriteAllBytes(
                result.GetRequiredValue(toBzImage),
                PackedBzImage.Make(File.ReadAllBytes(result.GetRequiredValue(setup)), shipped));
            return 0;
        });
        return command;
    }

    private static ImageFile Read(string path) => new(path, File.ReadAllBytes(path));

    private static ElfImage ReadElf(string path) => ElfImage.Parse(Read(path));
}
