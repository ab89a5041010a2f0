using CosmosKdump.Capture.Net;

namespace CosmosKdump.Capture.Input;

/// <summary>What the kernel command line asks for (<see cref="BootOptionsParser"/>).</summary>
public struct BootOptions
{
    /// <summary>The command line has a usable <c>elfcorehdr=</c>: this boot is a capture.</summary>
    public bool HasElfCoreHeader;

    /// <summary>
    /// The command line has no <c>elfcorehdr=</c> at all, not even one that cannot be used: nothing crashed, and somebody
    /// started this image to look at a machine.
    /// </summary>
    public bool IsBringUp;

    /// <summary>Physical address of the ELF core header.</summary>
    public ulong ElfCoreHeaderAddress;

    /// <summary>Size of the ELF core header, bytes; 0 if it was not given.</summary>
    public ulong ElfCoreHeaderSize;

    /// <summary>Physical address of the ACPI RSDP (<c>acpi_rsdp=</c>); 0 if it was not given.</summary>
    public ulong AcpiRsdp;

    /// <summary>Targets in the order in which they are tried; the first <see cref="TargetCount"/> are valid.</summary>
    public TargetList Targets;

    /// <summary>Number of targets, at least 1.</summary>
    public int TargetCount;

    /// <summary>A target was not wholly understood: then a disk is tried last, whatever else is asked for.</summary>
    public bool HasUnknownTarget;

    /// <summary>Consoles asked for; the first <see cref="ConsoleCount"/> are valid.</summary>
    public ConsoleList Consoles;

    /// <summary>Number of consoles; 0 stands for all that are found.</summary>
    public int ConsoleCount;

    /// <summary>Format of the dump.</summary>
    public DumpFormat Format;

    /// <summary>Dump level as in makedumpfile's <c>-d</c>, 0 to 31.</summary>
    public byte DumpLevel;

    /// <summary>Compression of the kdump format.</summary>
    public Compressor Compressor;

    /// <summary>Page structs of excluded pages are left out too (kdump.exclude_vmemmap=1).</summary>
    public bool ExcludesIdlePageStructs;

    /// <summary>Most CPUs that compress (<c>kdump.cpus=</c>); 0 stands for all.</summary>
    public int Cpus;

    /// <summary>What happens after a capture.</summary>
    public EndAction FinalAction;

    /// <summary>What happens when no target worked; at a bring-up the monitor, unless the command line names another.</summary>
    public EndAction FailureAction;

    /// <summary>The command line has a <c>kdump.failure_action=</c>, be it a good one or not.</summary>
    public bool HasFailureAction;

    /// <summary>A dump that was not saved yet may be overwritten.</summary>
    public bool Overwrite;

    /// <summary>Provoke each kind of processor exception before the capture (kdump.selftest=1).</summary>
    public bool SelfTest;

    /// <summary>Who we are in a network (<c>kdump.ip=</c>); no address for the default, DHCP.</summary>
    public IpSettings Ip;

    /// <summary>The contract's defaults: one target, any dump area on a disk; a full ELF dump; reboot at the end.</summary>
    public static BootOptions Default
    {
        get
        {
            BootOptions options = default;
            options.TargetCount = 1;
            options.Format = DumpFormat.Elf;
            options.Compressor = Compressor.Auto;
            return options;
        }
    }
}
