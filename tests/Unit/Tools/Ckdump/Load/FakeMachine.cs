using System;
using System.IO;
using CosmosKdump.Ckdump.Machine;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Load;

/// <summary>A folder with the files of /proc and /sys that tell of a machine: by default one on which nothing is wrong.</summary>
internal sealed class FakeMachine
{
    private readonly TestFolder _folder;

    public FakeMachine(TestFolder folder)
    {
        _folder = folder;
        Set("sys/kernel/kexec_crash_size", "4194304");
        Set("sys/kernel/kexec_crash_loaded", "1");
        Set("sys/devices/system/cpu/possible", "0-3");
        Set("sys/devices/system/cpu/online", "0-1,3");
        Set("proc/cmdline", "root=/dev/vda crashkernel=4M");
        Set("proc/meminfo", "MemTotal:  262144 kB\nMemFree:   131072 kB\nCached: 65536 kB\nAnonPages: 32768 kB");
        Set("proc/cpuinfo", "processor : 0\nflags : fpu sev sme");
        Set("proc/sys/kernel/panic_on_oops", "1");
        Set("proc/sys/kernel/kexec_load_disabled", "0");
        Set("proc/sys/kernel/osrelease", "6.1.0-1-amd64");
    }

    public string Root => _folder.Root;

    public MachineFacts Facts => new(Root);

    public void Set(string path, string text)
    {
        string file = _folder.PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
    }

    public void Set(string path, byte[] bytes)
    {
        Set(path, "");
        File.WriteAllBytes(_folder.PathOf(path), bytes);
    }

    public void Remove(string path) => File.Delete(_folder.PathOf(path));

    /// <summary>An image file with a boot header.</summary>
    public string Image(uint memoryBytes = 0x2E5000)
    {
        byte[] image = new byte[1024];
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BitConverter.TryWriteBytes(image.AsSpan(0x20E), (ushort)0x100);
        "CosmosKdump 9.9\0"u8.CopyTo(image.AsSpan(0x300));
        BitConverter.TryWriteBytes(image.AsSpan(0x238), 4095);
        BitConverter.TryWriteBytes(image.AsSpan(0x260), memoryBytes);
        return _folder.Make("kdump.bzimage", image.Length, 0, image);
    }
}
