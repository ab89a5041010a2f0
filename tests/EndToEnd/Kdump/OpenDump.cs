using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>Opens dumps that must open.</summary>
internal static class OpenDump
{
    /// <summary>A dump of any format, or of one.</summary>
    public static T Of<T>(string path)
        where T : VmcoreFile
    {
        Assert.True(VmcoreFile.TryOpen(path, out VmcoreFile? dump, out FileProblem? problem), problem?.ToString());
        return Assert.IsAssignableFrom<T>(dump);
    }

    /// <summary>The crashed kernel in a dump.</summary>
    public static CrashedKernel KernelIn(string path)
    {
        Assert.True(CrashedKernel.TryOpen(path, out CrashedKernel? kernel, out FileProblem? problem), problem?.ToString());
        return kernel;
    }
}
