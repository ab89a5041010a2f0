using CosmosKdump.ImageCheck.Symbols;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

public class ManagedNameTests
{
    [Theory]
    [InlineData("kernel_CosmosKdump_Kernel_Drivers_NvmeController__Submit", "Kernel.Drivers.NvmeController.Submit")]
    [InlineData("kernel_CosmosKdump_Capture_TextLine__AddDecimal_0", "Capture.TextLine.AddDecimal")]
    [InlineData("kernel_CosmosKdump_Kernel_Alpha___ctor", "Kernel.Alpha..ctor")]
    [InlineData("kernel_CosmosKdump_Kernel_Alpha___ctor_1", "Kernel.Alpha..ctor")]
    [InlineData("kernel_CosmosKdump_Kernel_Alpha___cctor", "Kernel.Alpha..cctor")]
    [InlineData("kernel_CosmosKdump_Kernel_Alpha_Nested__get_Item", "Kernel.Alpha.Nested.get_Item")]
    [InlineData("kernel_CosmosKdump_Kernel_Alpha__op_Addition", "Kernel.Alpha.op_Addition")]
    [InlineData("kernel_CosmosKdump_Kernel_Alpha__CosmosKdump_Kernel_IThing_get_Prop", "Kernel.Alpha.IThing.get_Prop")]
    [InlineData("kernel_CosmosKdump_Kernel_KernelMain___Run_g__Local_4_0", "Kernel.KernelMain.Run.Local")]
    [InlineData("kernel_System_ThrowHelper__IndexOutOfRange", "System.ThrowHelper.IndexOutOfRange")]
    [InlineData("kernel_CosmosKdump_Kernel_KernelMain__Gen<kernel_CosmosKdump_Kernel_Alpha>", "Kernel.KernelMain.Gen<Alpha>")]
    [InlineData(
        "kernel_CosmosKdump_Kernel_KernelMain__Gen<kernel_CosmosKdump_Kernel_Alpha__Int32__Byte>",
        "Kernel.KernelMain.Gen<Alpha,..>")]
    [InlineData(
        "kernel_CosmosKdump_Kernel_Pair_2<kernel_CosmosKdump_Kernel_Alpha__kernel_CosmosKdump_Kernel_Alpha_Nested>__Go",
        "Kernel.Pair<Alpha,Nested>.Go")]
    [InlineData(
        "kernel_System_Span_1<kernel_CosmosKdump_Kernel_Pair_2<Int32__kernel_CosmosKdump_Kernel_Alpha>>__Slice_0",
        "System.Span<Pair<Int32,Alpha>>.Slice")]
    public void Names_of_ilc_become_readable(string linkName, string readable) =>
        Assert.Equal(readable, ManagedName.Parse(linkName).ToString());

    [Theory]
    [InlineData("memcpy")]
    [InlineData("kernel_main")]
    [InlineData("stub_14")]
    [InlineData("__managed__Startup")]
    [InlineData("ZSTD_compressBlock_fast__dict")]
    [InlineData("kernel_")]
    [InlineData("kernel___x")]
    public void Other_names_stay_as_they_are(string linkName) =>
        Assert.Equal(new ManagedName("", linkName), ManagedName.Parse(linkName));

    [Theory]
    [InlineData("kernel_A__")]
    [InlineData("kernel_A<__B")]
    [InlineData("kernel_A__B<")]
    [InlineData("kernel_A__B<>")]
    [InlineData("kernel_A>__B>")]
    [InlineData("kernel_A<B>>__C")]
    [InlineData("kernel_A___")]
    [InlineData("")]
    public void Strange_names_do_no_harm(string linkName) => Assert.NotNull(ManagedName.Parse(linkName).ToString());
}
