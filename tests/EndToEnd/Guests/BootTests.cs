using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Guests;

/// <summary>What the lab does with a guest that does not come up.</summary>
public class BootTests
{
    private const int Tries = 3;

    [Fact]
    public void A_Linux_that_dies_before_it_is_ready_is_tried_again_and_then_told()
    {
        HostSetup.EnsureGuests();
        string name = $"dies-{Guid.NewGuid():N}";
        GuestOptions options = new()
        {
            Name = name,
            Kernel = KernelSeries.Linux61,
            MemoryMiB = 256,
            CrashKernel = "",
            BeforeLoad = "echo c > /proc/sysrq-trigger",
        };

        long start = Stopwatch.GetTimestamp();
        GuestBootException error = Assert.Throws<GuestBootException>(() => Guest.Boot(options).Dispose());

        // The death itself ends a try, not the limit for a boot.
        Assert.True(Stopwatch.GetElapsedTime(start) < options.BootLimit, "a try was not ended by the death");
        Assert.Contains("Kernel panic - not syncing: sysrq triggered crash", error.FirstLine);
        string[] folders = [.. Directory.GetDirectories(Repository.Runs, name + "-*").Order(StringComparer.Ordinal)];
        Assert.Equal(Tries, folders.Length);
        Assert.All(folders, folder => Assert.Contains(
            error.FirstLine.Split("] ")[^1], File.ReadAllText(Path.Combine(folder, "console.txt"))));
        Assert.Contains(folders, folder => error.Message.Contains(folder, StringComparison.Ordinal));
        Array.ForEach(folders, folder => Directory.Delete(folder, recursive: true));
    }
}
