using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CosmosKdump.Lab.Bench;

/// <summary>What a bench is to measure, how often, and how long it may take.</summary>
public sealed record BenchPlan
{
    /// <summary>Most rounds; each measures every case once.</summary>
    public int Runs { get; init; } = 3;

    /// <summary>Smaller guests, and no search for stock kdump's smallest reservation.</summary>
    public bool IsQuick { get; init; }

    /// <summary>No round begins that would end later than this after the start, minutes.</summary>
    public int LimitMinutes { get; init; } = 40;

    /// <summary>The parts, in the order of the enumeration.</summary>
    public IReadOnlyList<BenchPart> Parts { get; init; } = Enum.GetValues<BenchPart>();

    /// <summary>Memory of the guests of <see cref="BenchPart.Disks"/>, MiB, the smallest first.</summary>
    public IReadOnlyList<int> Memories => IsQuick ? [1024] : [1024, 4096];

    /// <summary>Memory of the guests of <see cref="BenchPart.Filter"/>, MiB, the smallest first.</summary>
    public IReadOnlyList<int> LargeMemories => IsQuick ? [16384] : [16384, 65536];

    /// <summary>
    /// Memory of the guest whose dump <see cref="BenchPart.Convert"/> converts, and <see cref="BenchPart.Save"/> saves, MiB.
    /// </summary>
    public int ConvertedMemoryMiB => IsQuick ? 1024 : 4096;

    /// <summary>The command that repeats it.</summary>
    public string Command
    {
        get
        {
            string quick = IsQuick ? " --quick" : "";
            string only = Parts.Count == Enum.GetValues<BenchPart>().Length
                ? ""
                : " --only " + string.Join(',', Parts.Select(part => $"{part}".ToLowerInvariant()));
            return string.Create(
                CultureInfo.InvariantCulture, $"./build.sh bench --runs {Runs} --minutes {LimitMinutes}{quick}{only}");
        }
    }

    /// <summary>About how long a round takes on four cores that do nothing else.</summary>
    public TimeSpan Expected(int round) => TimeSpan.FromSeconds(Parts.Sum(part => part switch
    {
        BenchPart.Disks => (round == 1 ? 60 : 0) + 260 + (IsQuick ? 0 : round == 1 ? 400 : 60),
        BenchPart.Dumps => 130,
        BenchPart.Network => 100,
        BenchPart.Filter => IsQuick ? 100 : round == 1 ? 300 : 170,
        BenchPart.Save => (round == 1 ? IsQuick ? 30 : 80 : 0) + 60,
        _ => (round == 1 ? IsQuick ? 30 : 80 : 0) + 40,
    }));

    /// <summary>Whether another round is to begin, after some that took this long in all, the last of them this long.</summary>
    public bool HasTimeFor(int round, TimeSpan elapsed, TimeSpan last) =>
        round <= Runs && (round == 1 || elapsed + last <= TimeSpan.FromMinutes(LimitMinutes));
}
