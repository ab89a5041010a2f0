using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>The arrows of the design, and that each of them can be violated.</summary>
public class LayerTests
{
    [Fact]
    public void Capture_sees_nothing_of_ours()
    {
        SourceFile[] files = Repository.CSharp.Where(f => f.IsIn("capture")).ToArray();
        Assert.Empty(Compiled.Errors(Compiled.Of(files)));
        Violations.None(Layers.OfSources(files));
    }

    [Fact]
    public void Each_folder_of_the_kernel_sees_only_those_before_it()
    {
        SourceFile[] files = Repository.CSharp.Where(f => f.IsIn("capture") || f.IsIn("kernel")).ToArray();
        Assert.Empty(Compiled.Errors(Compiled.Of(files)));
        Violations.None(Layers.OfSources(files));
    }

    [Fact]
    public void Projects_refer_to_each_other_as_the_design_says() => Violations.None(Layers.OfProjects(Repository.Files));

    [Fact]
    public void No_tool_sees_the_kernel() => Violations.None(Layers.OfTools(Repository.Files));

    [Theory]
    [InlineData("capture/Bad.cs", "namespace CosmosKdump.Capture { static class Bad { static int X() => Kernel.Machine.Cpu.Id(); } }")]
    [InlineData("kernel/Boot/Bad.cs", "namespace CosmosKdump.Kernel.Boot { static class Bad { static int X() => Machine.Cpu.Id(); } }")]
    [InlineData("kernel/Boot/Bad.cs", "using CosmosKdump.Kernel.Machine; namespace CosmosKdump.Kernel.Boot { static class Bad { static int X() => Cpu.Id(); } }")]
    [InlineData("kernel/Boot/Bad.cs", "using static CosmosKdump.Kernel.Machine.Cpu; namespace CosmosKdump.Kernel.Boot { static class Bad { static int X() => Id(); } }")]
    [InlineData("kernel/Boot/Bad.cs", "using C = CosmosKdump.Kernel.Machine.Cpu; namespace CosmosKdump.Kernel.Boot { static class Bad { static int X() => C.Id(); } }")]
    [InlineData("kernel/Machine/Bad.cs", "namespace CosmosKdump.Kernel.Machine { static class Bad { static int X() => KernelMain.Y; } }")]
    [InlineData("kernel/Corelib/Bad.cs", "namespace System { static class Bad { static int X() => CosmosKdump.Kernel.Machine.Cpu.Id(); } }")]
    public void A_look_against_the_arrows_is_caught(string path, string text)
    {
        string[] found = Layers.OfSources([.. Small(), new SourceFile(path, text)]).ToArray();
        Assert.NotEmpty(found);
        Assert.All(found, f => Assert.StartsWith($"{path}:1: sees CosmosKdump.Kernel", f));
    }

    [Theory]
    [InlineData("kernel/Drivers/Good.cs", "namespace CosmosKdump.Kernel.Drivers { static class Good { static int X() => Machine.Cpu.Id() + Capture.Limits.Y; } }")]
    [InlineData("kernel/KernelMain.cs", "namespace CosmosKdump.Kernel { static class Good { static int X() => Machine.Cpu.Id(); } }")]
    public void A_look_along_the_arrows_is_not(string path, string text) =>
        Assert.Empty(Layers.OfSources([.. Small(), new SourceFile(path, text)]));

    [Theory]
    [InlineData("capture/Capture.csproj", "<ProjectReference Include=\"../tools/Analyzer/Analyzer.csproj\" />", "refers to tools/Analyzer")]
    [InlineData("capture/Capture.csproj", "<PackageReference Include=\"Iced\" />", "refers to a package")]
    [InlineData("tools/Lab/Lab.csproj", "<ProjectReference Include=\"..\\..\\kernel\\Kernel.csproj\" />", "refers to kernel/Kernel.csproj")]
    [InlineData("tools/Ckdump/Ckdump.csproj", "<ProjectReference Include=\"../Lab/Lab.csproj\" />", "refers to tools/Lab")]
    [InlineData("tools/Analyzer/Analyzer.csproj", "<ProjectReference Include=\"../Ckdump/Ckdump.csproj\" />", "refers to tools/Ckdump")]
    [InlineData("tools/Lab/Lab.csproj", "<Compile Include=\"../../kernel/Boot/*.cs\" />", "compiles kernel/Boot")]
    [InlineData("kernel/Kernel.csproj", "<ProjectReference Include=\"../capture/Capture.csproj\" />", "refers to capture")]
    [InlineData("kernel/Kernel.csproj", "<ProjectReference Include=\"../tools/ImageCheck/ImageCheck.csproj\" />", "not only to its output")]
    [InlineData("kernel/Kernel.csproj", "<Compile Include=\"../tools/Analyzer/**/*.cs\" />", "compiles tools/Analyzer")]
    [InlineData("tools/New/New.csproj", "", "do not know")]
    public void A_project_reference_against_the_arrows_is_caught(string path, string item, string violation) =>
        Assert.Contains(
            violation,
            Assert.Single(Layers.OfProjects([new SourceFile(path, $"<Project><ItemGroup>{item}</ItemGroup></Project>")])));

    [Theory]
    [InlineData("using CosmosKdump.Kernel.Boot;")]
    [InlineData("class C { CosmosKdump.Kernel.X y; }")]
    [InlineData("using CosmosKdump.Tests.Unit;")]
    public void A_tool_that_names_the_kernel_is_caught(string text) =>
        Assert.NotEmpty(Layers.OfTools([new SourceFile("tools/Lab/Bad.cs", text)]));

    private static IEnumerable<SourceFile> Small() =>
    [
        new SourceFile("capture/Limits.cs", "namespace CosmosKdump.Capture { static class Limits { internal const int Y = 1; } }"),
        new SourceFile("kernel/Machine/Cpu.cs", "namespace CosmosKdump.Kernel.Machine { static class Cpu { internal static int Id() => 1; } }"),
        new SourceFile("kernel/KernelMain.cs", "namespace CosmosKdump.Kernel { static class KernelMain { internal const int Y = 1; } }"),
    ];
}
