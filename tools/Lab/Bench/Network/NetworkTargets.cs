using System.Collections.Generic;
using System.Linq;

namespace CosmosKdump.Lab.Bench.Network;

/// <summary>The promise of TCP, for each network and card that were measured, QEMU's user network with both in any case.</summary>
public static class NetworkTargets
{
    private const double LinuxShare = 0.7;

    /// <summary>Every promise of this part.</summary>
    public static IEnumerable<Target> Judge(BenchResult result)
    {
        foreach ((NetworkKind kind, NetworkCard card) in result.Transfers.Select(one => (one.Case.Kind, one.Case.Card))
            .Append((NetworkKind.User, NetworkCard.Virtio)).Append((NetworkKind.User, NetworkCard.E1000e)).Distinct().Order())
        {
            double share = result.TransferRate(new(kind, card, NetworkSender.Ours))
                / result.TransferRate(new(kind, card, NetworkSender.Linux));
            yield return Judgement.Of(
                $"TCP over {NetworkTables.Name(kind, card)}", "at least 70 % of Linux's rate", share,
                Judgement.Text($"{share * 100:F0} %"), share >= LinuxShare);
        }
    }
}
