using System;
using System.IO;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Build;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public sealed class SolutionBuildTests : IDisposable
{
    private static readonly string[] Names = ["kdump.bzimage", "kdump.elf", "ckdump"];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_products_are_listed_with_their_lengths()
    {
        MakeAll();
        Assert.Equal(
            ["artifacts/kdump.bzimage  7 bytes", "artifacts/kdump.elf  7 bytes", "artifacts/ckdump  7 bytes"],
            SolutionBuild.Products(_folder.Root));
    }

    [Theory]
    [InlineData("kdump.bzimage")]
    [InlineData("kdump.elf")]
    [InlineData("ckdump")]
    public void A_product_that_the_build_did_not_make_is_an_error(string name)
    {
        MakeAll();
        File.Delete(_folder.PathOf(name));
        Assert.Contains(name, Assert.Throws<LabException>(() => SolutionBuild.Products(_folder.Root)).Message);
    }

    private void MakeAll() => Array.ForEach(Names, name => _folder.Make(name, 7));
}
