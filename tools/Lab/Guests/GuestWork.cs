using System.Globalization;
using System.Text.RegularExpressions;

namespace CosmosKdump.Lab.Guests;

/// <summary>What a guest did before it crashes, as it tells on its console.</summary>
/// <param name="Tasks">Processes and kernel threads.</param>
/// <param name="MemoryMiB">Memory that the guest cannot give away, MiB.</param>
/// <param name="TotalMiB">Memory that the guest has, without the reservation, MiB.</param>
public sealed partial record GuestWork(int Tasks, int MemoryMiB, int TotalMiB)
{
    private const int SleepingTasks = 300;

    // What Linux needs to go on without killing somebody.
    private const int SpareMiB = 64;

    // The emulated guest makes random data at some 20 MB/s: it makes this much, and copies it until memory is full.
    private const int RandomMiB = 32;

    /// <summary>Shell commands for <see cref="GuestOptions.BeforeCrash"/>: the work, and the line that tells of it.</summary>
    public static string Script(GuestLoad load)
    {
        string tell = $$"""
            tasks=$(ls -d /proc/[0-9]* | wc -l)
            total=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
            free=$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)
            echo "{{GuestJob.Mark}}work: $tasks tasks, $((total - free)) of $total MiB in use"
            """;
        // A tmpfs is memory: its pages are as much the guest's as those of a program, and cannot be dropped.
        return load == GuestLoad.Idle ? tell : $$"""
            for i in $(seq {{SleepingTasks}}); do sleep 100000 & done
            mkdir /fill
            mount -t tmpfs -o size=100% tmpfs /fill
            room=$(awk '/^MemAvailable/ {print int($2 / 1024) - {{SpareMiB}}}' /proc/meminfo)
            dd if=/dev/urandom of=/fill/random bs=1M count={{RandomMiB}} 2>/dev/null
            for i in $(seq $((room / {{RandomMiB}} - 1))); do
                cp /fill/random /fill/$i || { echo "{{GuestJob.Failed}}: filling memory"; exit 1; }
            done
            {{tell}}
            """;
    }

    /// <summary>What a guest told of its work; null: nothing.</summary>
    public static GuestWork? Of(SerialConsole console) => console.Find(Line()) is { } line ? Parse(line.Text) : null;

    /// <summary>Reads the line that tells of the work; null if it is another line.</summary>
    public static GuestWork? Parse(string line) => Line().Match(line) is { Success: true } match
        ? new(Number(match.Groups[1].Value), Number(match.Groups[2].Value), Number(match.Groups[3].Value))
        : null;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("^LAB: work: ([0-9]+) tasks, ([0-9]+) of ([0-9]+) MiB in use")]
    private static partial Regex Line();
}
