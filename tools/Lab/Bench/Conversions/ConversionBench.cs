using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Bench.Conversions;

/// <summary>Converts one full dump on the host, by either side.</summary>
public sealed class ConversionBench : IDisposable
{
    private const string Loader = "ld-linux-x86-64.so.2";

    // makedumpfile 1.7.2 with several threads aborts now and then when they end ("libgcc_s.so.1 must be installed for
    // pthread_exit to work", where it is); that says nothing about its speed.
    private const int Aborted = 128;
    private const int Tries = 5;
    private static readonly TimeSpan CaptureLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ConvertLimit = TimeSpan.FromMinutes(5);
    private readonly string _folder;
    private readonly string[] _makedumpfile;

    /// <summary>Captures the dump: an ELF dump of a guest whose memory is full.</summary>
    public ConversionBench(int memoryMiB, string folder, Progress progress)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        Userland userland = Userland.Get(progress);
        // The guests' makedumpfile with the libraries there: nothing of it need be installed on the host.
        IReadOnlyDictionary<string, string> libraries = userland.Libraries(userland.Makedumpfile);
        string folders = string.Join(':', libraries.Values.Select(Path.GetDirectoryName).Distinct());
        _makedumpfile = [libraries[Loader], "--library-path", folders, userland.Makedumpfile];
        using Guest guest = Guest.Capture(
            new GuestOptions
            {
                Name = $"bench-convert-{memoryMiB}",
                MemoryMiB = memoryMiB,
                Preallocated = true,
                Disks = [GuestDisk.PreparedNvme],
                Capture = CaptureKernel.Ours(),
                BeforeCrash = GuestWork.Script(GuestLoad.Busy),
                BootLimit = TimeSpan.FromMinutes(5),
            },
            CaptureLimit,
            progress);
        File.Delete(Dump);
        CkdumpTool.Output("save", "--keep", guest.Disks[0], "-o", Dump);
    }

    private string Dump => Path.Combine(_folder, "convert.vmcore");

    private string Output => Path.Combine(_folder, "converted");

    /// <summary>How often makedumpfile died of a signal and was run again.</summary>
    public int Aborts { get; private set; }

    /// <summary>Reads the whole dump, so that the page cache holds it.</summary>
    public void Warm()
    {
        byte[] buffer = new byte[1 << 20];
        using FileStream file = new(Dump, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        while (file.Read(buffer) != 0)
        {
        }
    }

    /// <summary>Measures one conversion.</summary>
    public ConversionSample Measure(ConversionCase one)
    {
        for (int attempt = 1; ; attempt++)
        {
            File.Delete(Output);
            Stopwatch watch = Stopwatch.StartNew();
            HostCommand.Outcome outcome = Run(one);
            double seconds = watch.Elapsed.TotalSeconds;
            if (outcome.ExitCode == 0)
            {
                return new(one, seconds, new FileInfo(Output).Length);
            }
            if (one.IsOurs || outcome.ExitCode < Aborted || attempt == Tries)
            {
                throw HostCommand.Failure($"{one}", [], outcome);
            }
            Aborts++;
        }
    }

    /// <summary>Deletes the dumps.</summary>
    public void Dispose()
    {
        File.Delete(Dump);
        File.Delete(Output);
    }

    private HostCommand.Outcome Run(ConversionCase one)
    {
        string[] arguments = one.Arguments(Dump, Output);
        return one.IsOurs
            ? CkdumpTool.Run(ConvertLimit, arguments)
            : HostCommand.Run(_makedumpfile[0], [.. _makedumpfile[1..], "--message-level", "4", .. arguments], ConvertLimit);
    }
}
