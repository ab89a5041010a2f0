using System;
using System.IO;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using CosmosKdump.Tests.EndToEnd.Tools;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>Flattened dumps: ours for makedumpfile and crash, and makedumpfile's for ours.</summary>
[Collection(ElfDumpsCollection.Name)]
public sealed class FlattenTests(ElfDumps dumps)
{
    private const KernelSeries Kernel = KernelSeries.Linux61;

    [Fact]
    public void What_we_flatten_is_rearranged_by_makedumpfile_and_read_by_crash()
    {
        string flat = Make("flat", path => Convert("-F", "-d", "31", "-c", "lzo", dumps.Of(Kernel), "-o", path));
        string plain = Make("plain", path => Convert("-d", "31", "-c", "lzo", dumps.Of(Kernel), "-o", path));
        MustBeSame(plain, Make("theirs", path => Makedumpfile.Rearrange(flat, path)));
        MustBeSame(plain, Make("ours", path => Convert("-R", flat, "-o", path)));
        foreach (string dump in new[] { flat, plain })
        {
            string[] answers = CrashUtility.Ask(HostSetup.Vmlinux(Kernel), dump, [], "bt", "log", "ps");
            Assert.Contains("sysrq_handle_crash", answers[0]);
            Assert.Contains("sysrq: Trigger a crash", answers[1]);
            Assert.Contains("[swapper/0]", answers[2]);
        }
    }

    [Theory]
    [InlineData("-l -d 31")]
    [InlineData("-E -d 31")]
    public void What_makedumpfile_flattens_is_rearranged_as_it_does_itself(string options)
    {
        string flat = Make("flat", path => Makedumpfile.Flatten(options, dumps.Of(Kernel), path));
        string theirs = Make("theirs", path => Makedumpfile.Rearrange(flat, path));
        MustBeSame(theirs, Make("ours", path => Convert("-R", flat, "-o", path)));
        // Flattened as it is, it is the same dump.
        string again = Make("again", path => Convert("-R", "-F", theirs, "-o", path));
        MustBeSame(theirs, Make("back", path => Makedumpfile.Rearrange(again, path)));
    }

    /// <summary>
    /// The number of records decides how often the header is repeated (FlatFormat.HeaderCopies): 2, 3 and 4 times.
    /// </summary>
    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(9)]
    public void Pages_lost_on_the_way_are_told_to_every_reader(int records)
    {
        string plain = Make("plain", path => Convert("-d", "31", "-c", "lzo", dumps.Of(Kernel), "-o", path));
        string flat = Make("flat", path => FlatFile.WriteWithPagesLost(plain, path, records));
        using (KdumpVmcore read = OpenDump.Of<KdumpVmcore>(flat))
        {
            Assert.True(read.IsIncomplete);
        }
        string theirs = Make("theirs", path => Makedumpfile.Rearrange(flat, path));
        MustBeSame(theirs, Make("ours", path => Convert("-R", flat, "-o", path)));
        foreach ((string dump, bool isIncomplete) in new[] { (plain, false), (theirs, true), (flat, true) })
        {
            string system = CrashUtility.Ask(HostSetup.Vmlinux(Kernel), dump, ["--zero_excluded"], "sys")[0];
            Assert.Equal(isIncomplete, system.Contains("[INCOMPLETE]", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_pipe_carries_a_dump()
    {
        string plain = Make("plain", path => Convert("-d", "31", dumps.Of(Kernel), "-o", path));
        string piped = Make("piped", path =>
        {
            string[] command =
            [
                "-c", "\"$1\" convert -F -d 31 \"$2\" -o - | \"$1\" convert -R - -o \"$3\"",
                "sh", CkdumpTool.Path, dumps.Of(Kernel), path,
            ];
            HostCommand.Outcome outcome = HostCommand.Run("/bin/sh", command, TestGuest.CaptureLimit);
            Assert.True(outcome.ExitCode == 0, outcome.Errors);
        });
        MustBeSame(plain, piped);
    }

    private static void Convert(params string[] arguments) => CkdumpTool.Output(["convert", .. arguments]);

    private string Make(string name, Action<string> make)
    {
        string path = dumps.PathOf(Kernel, $"{name}-{Guid.NewGuid():N}");
        make(path);
        return path;
    }

    private static void MustBeSame(string expected, string actual)
    {
        using FileStream first = File.OpenRead(expected);
        using FileStream second = File.OpenRead(actual);
        Assert.Equal(first.Length, second.Length);
        byte[] one = new byte[1 << 20];
        byte[] two = new byte[1 << 20];
        for (int count; (count = first.ReadAtLeast(one, one.Length, throwOnEndOfStream: false)) > 0;)
        {
            second.ReadExactly(two, 0, count);
            Assert.True(one.AsSpan(0, count).SequenceEqual(two.AsSpan(0, count)), $"before {first.Position}");
        }
    }
}
