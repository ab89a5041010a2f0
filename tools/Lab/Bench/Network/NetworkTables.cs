using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Bench.Report;

namespace CosmosKdump.Lab.Bench.Network;

/// <summary>The table of transfers over networks.</summary>
public static class NetworkTables
{
    private const string Method =
        "256 MiB from a guest with one CPU: ours sends an ELF dump by http: to a server that only "
        + "counts bytes, Linux 6.1 a file in its memory to the same server, by busybox's nc; MB/s from the first byte to the "
        + "last, as the server sees it. ckdump receive: the same dump by tcp:, where pages that repeat a word travel as that "
        + "word, from the capture's start to the confirmed dump. Medians of all rounds, with the lowest and the highest. "
        + "QEMU's user network takes each packet of 1500 bytes with its checksums made; a tap device takes up to 64 KiB at "
        + "once and no checksum, so that ours sends memory without copying it.";

    /// <summary>The table.</summary>
    public static IEnumerable<Table> Of(BenchResult result)
    {
        if (!result.Parts.Contains(BenchPart.Network))
        {
            yield break;
        }
        List<string[]> rows = [];
        foreach ((NetworkKind kind, NetworkCard card) in result.Transfers.Select(one => (one.Case.Kind, one.Case.Card))
            .Distinct().Order())
        {
            NetworkCase ours = new(kind, card, NetworkSender.Ours);
            NetworkCase linux = new(kind, card, NetworkSender.Linux);
            rows.Add(
            [
                Name(kind, card), Rates(result, ours), Rates(result, linux),
                Figures.Share(result.TransferRate(ours), result.TransferRate(linux)),
                Rates(result, new(kind, card, NetworkSender.OursToReceive)),
            ]);
        }
        yield return new(
            "Network", Method, ["", "CosmosKdump, MB/s", "Linux, MB/s", "of it", "to ckdump receive, MB/s"], rows);
    }

    /// <summary>A network's name, with the card that is in it.</summary>
    public static string Name(NetworkKind kind, NetworkCard card) =>
        (kind == NetworkKind.User ? "QEMU's user network" : "a tap device")
        + (card == NetworkCard.Virtio ? ", virtio-net" : ", e1000e");

    private static string Rates(BenchResult result, NetworkCase one)
    {
        double[] all = [.. result.Transfers.Where(sample => sample.Case == one).Select(sample => sample.MegabytesPerSecond)];
        string median = Figures.Number(Sample.Median(all));
        return all.Length < 2 ? median : $"{median} ({Figures.Number(all.Min())}–{Figures.Number(all.Max())})";
    }
}
