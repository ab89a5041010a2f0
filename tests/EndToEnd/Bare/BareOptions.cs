using System;
using System.Collections.Generic;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>A machine that QEMU starts our kernel on directly, without a Linux that crashed before.</summary>
public sealed record BareOptions
{
    /// <summary>Our kernel's command line, besides the actions at the end, which are both power-off.</summary>
    public string Arguments { get; init; } = CrashedMemory.Argument;

    /// <summary>The actions at the end are power-off; without them they are what our kernel takes by itself.</summary>
    public bool HasActions { get; init; } = true;

    /// <summary>Path of the image that QEMU starts.</summary>
    public string Image { get; init; } = Repository.BzImage;

    /// <summary>QEMU's standard VGA is there.</summary>
    public bool Vga { get; init; }

    /// <summary>Memory, MiB. It may exceed the host's: untouched pages cost nothing.</summary>
    public int MemoryMiB { get; init; } = CrashedMemory.SizeMiB;

    /// <summary>Lays out the memory that our kernel finds.</summary>
    public Action<SharedMemory> Memory { get; init; } = memory => CrashedMemory.Plant(memory);

    /// <summary>Disks, in the order in which they sit on the bus.</summary>
    public IReadOnlyList<GuestDisk> Disks { get; init; } = [];

    /// <summary>QEMU's machine type is q35, whose chipset has an AHCI controller of its own, instead of pc.</summary>
    public bool IsQ35 { get; init; }

    /// <summary>QEMU's machine type microvm with these properties, a machine without PCI; empty: another.</summary>
    public string Microvm { get; init; } = "";

    /// <summary>QEMU's CPU model.</summary>
    public string Cpu { get; init; } = "max";

    /// <summary>More arguments of QEMU, before the disks.</summary>
    public IReadOnlyList<string> EarlyQemuArguments { get; init; } = [];

    /// <summary>More arguments of QEMU, behind the disks.</summary>
    public IReadOnlyList<string> QemuArguments { get; init; } = [];

    /// <summary>CPUs.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>The second serial port as QEMU's <c>-serial</c> takes it; empty: none.</summary>
    public string SecondSerial { get; init; } = "";
}
