namespace CosmosKdump.Lab.Setup;

/// <summary>Everything that guests need on the host: idempotent, and quick when it is all there.</summary>
public static class GuestSetup
{
    // The emulator, the assembler for crash modules, and xz for compressed kernel modules.
    private static readonly string[] GuestPackages = ["qemu-system-x86", "binutils", "xz-utils"];
    // The compressors that ckdump calls; they are part of most installations.
    private static readonly string[] CodecPackages = ["liblzo2-2", "libzstd1", "zlib1g"];
    private static readonly string[] CrashPackages = ["crash"];
    // Its WebDAV module is one of those that are built in.
    private static readonly string[] ServerPackages = ["nginx"];
    private static readonly string[] AnalysisPackages = ["crash", "python3-drgn", "gdb"];

    /// <summary>What it takes to run guests with these kernels.</summary>
    public static void Guests(Progress progress, params KernelSeries[] kernels)
    {
        AptPackages.Ensure(progress, GuestPackages);
        Userland.Get(progress);
        foreach (KernelSeries kernel in kernels)
        {
            DebianKernel.Of(kernel, progress);
        }
    }

    /// <summary>What it takes to open dumps of these kernels with Debian's crash.</summary>
    public static void Crash(Progress progress, params KernelSeries[] kernels)
    {
        AptPackages.Ensure(progress, CrashPackages);
        Symbols(progress, kernels);
    }

    /// <summary>What it takes to open dumps of these kernels with all of Debian's tools.</summary>
    public static void Analysis(Progress progress, params KernelSeries[] kernels)
    {
        AptPackages.Ensure(progress, AnalysisPackages);
        Symbols(progress, kernels);
    }

    /// <summary>Servers that dumps are sent to.</summary>
    public static void Servers(Progress progress) => AptPackages.Ensure(progress, ServerPackages);

    /// <summary>All of it, for every kernel of the lab.</summary>
    public static void Everything(Progress progress)
    {
        AptPackages.Ensure(progress, CodecPackages);
        Servers(progress);
        Guests(progress, KernelSeries.Linux61, KernelSeries.Linux612, KernelSeries.Linux61Full);
        Analysis(progress, KernelSeries.Linux61, KernelSeries.Linux612);
        DebianRoot.Of(KernelSeries.Linux61, progress);
    }

    private static void Symbols(Progress progress, KernelSeries[] kernels)
    {
        foreach (KernelSeries kernel in kernels)
        {
            DebianKernel.Of(kernel, progress).Vmlinux(progress);
        }
    }
}
