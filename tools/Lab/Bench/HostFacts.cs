using System;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Bench;

/// <summary>What a report tells of the machine that it was measured on, and of the work tree.</summary>
public static class HostFacts
{
    /// <summary>Processor, cores, and emulator.</summary>
    public static string Machine()
    {
        string model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal), ":")
            .Split(':')[1].Trim();
        string emulator = HostCommand.Output("qemu-system-x86_64", "--version").Split('\n')[0];
        return $"{Environment.ProcessorCount} cores of {model}; {emulator}, software emulation (TCG)";
    }

    /// <summary>The load average over the last minute.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>The revision of this work tree; empty if git does not tell.</summary>
    public static string Revision()
    {
        try
        {
            return HostCommand.Output("git", "-C", Repository.Root, "describe", "--always", "--dirty").Trim();
        }
        catch (LabException)
        {
            return "";
        }
    }

    /// <summary>Memory that our image reserves: init_size (Documentation/arch/x86/boot.rst, 0x260), bytes.</summary>
    public static uint RunTimeBytes(string bzImage)
    {
        using BinaryReader image = new(File.OpenRead(bzImage));
        image.BaseStream.Position = 0x260;
        return image.ReadUInt32();
    }
}
