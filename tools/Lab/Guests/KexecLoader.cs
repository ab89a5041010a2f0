namespace CosmosKdump.Lab.Guests;

/// <summary>How kexec-tools loads the capture kernel.</summary>
public enum KexecLoader
{
    /// <summary><c>kexec -p</c>: kexec_load, bzImage.</summary>
    KexecLoad,

    /// <summary><c>kexec -s -p</c>: kexec_file_load, the kernel does the loading.</summary>
    KexecFileLoad,

    /// <summary><c>kexec -p --type=elf-x86_64 --args-linux</c>: kexec_load, ELF executable.</summary>
    KexecLoadElf,
}
