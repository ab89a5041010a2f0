using System.Collections.Generic;
using System.Linq;

namespace CosmosKdump.Lab.Bench.Network;

/// <summary>The promise of TCP, for each network that was measured, QEMU's user network in any case.</summary>
public static class NetworkTargets
{
    private const double LinuxShare = 0.7;

    /// <summary>Every promise of this part.</summary>
    public static IEnumerable<Target> Judge(BenchResult result)
    {
        foreach (NetworkKind kind in result.Transfers.Select(one => one.Case.Kind).Append(NetworkKind.User).Distinct().Order())
        {
            double share = result.TransferRate(new(kind, NetworkSender.Ours))
                / result.TransferRate(new(kind, NetworkSender.Linux));
            yield return Judgement.Of(
                $"TCP over {NetworkTables.Name(kind)}", "at least 70 % of Linux's rate", share,
                Judgement.Text($"{share * 100:F0} %"), share >= LinuxShare);
        }
    }
}
