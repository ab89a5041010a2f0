namespace CosmosKdump.Lab.Guests;

/// <summary>What a guest loads with kexec before it crashes.</summary>
/// <param name="Image">Path of the kernel image on the host.</param>
/// <param name="Arguments">Its command line; kexec appends <c>elfcorehdr=</c> and the like.</param>
public sealed record CaptureKernel(string Image, string Arguments)
{
    /// <summary>How it is loaded.</summary>
    public KexecLoader Loader { get; init; } = KexecLoader.KexecLoad;

    /// <summary>Path of its initramfs on the host, if it needs one.</summary>
    public string? Initrd { get; init; }

    /// <summary>Path in the guest of an initrd that the guest makes itself, before the load.</summary>
    public string? GuestInitrd { get; init; }

    /// <summary>Core headers in ELF32 format (<c>--elf32-core-headers</c>).</summary>
    public bool Elf32CoreHeaders { get; init; }

    /// <summary>Our bzImage, by <c>kexec -p</c>.</summary>
    public static CaptureKernel Ours(string arguments = "") => new(Repository.BzImage, arguments);

    /// <summary>Our bzImage, by <c>kexec -s -p</c>.</summary>
    public static CaptureKernel OursByFileLoad(string arguments = "") =>
        new(Repository.BzImage, arguments) { Loader = KexecLoader.KexecFileLoad };

    /// <summary>Our ELF image, by <c>kexec -p --type=elf-x86_64 --args-linux</c>.</summary>
    public static CaptureKernel OursAsElf(string arguments = "") =>
        new(Repository.ElfImage, arguments) { Loader = KexecLoader.KexecLoadElf };
}
