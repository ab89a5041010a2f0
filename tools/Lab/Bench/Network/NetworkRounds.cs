using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Network;

/// <summary>Each sender in turn over each network that this host can make.</summary>
public sealed class NetworkRounds(Measurements measurements) : IBenchRounds
{
    /// <summary>The networks.</summary>
    public static IEnumerable<NetworkKind> Kinds =>
        Enum.GetValues<NetworkKind>().Where(kind => kind != NetworkKind.Tap || TapDevice.IsAvailable);

    /// <inheritdoc/>
    public void Measure(int round)
    {
        foreach (NetworkKind kind in Kinds)
        {
            foreach (NetworkCase one in CasesOf(kind))
            {
                measurements.Take($"round {round}: {one}", () =>
                {
                    NetworkSample sample = NetworkBench.Measure(one, measurements.Progress);
                    measurements.Result.Transfers.Add(sample);
                    return Judgement.Text($"{sample.MegabytesPerSecond:F1} MB/s");
                });
            }
        }
    }

    // What it costs to receive does not depend on the card.
    private static IEnumerable<NetworkCase> CasesOf(NetworkKind kind) =>
        from card in Enum.GetValues<NetworkCard>()
        from sender in Enum.GetValues<NetworkSender>()
        where card == NetworkCard.Virtio || sender != NetworkSender.OursToReceive
        select new NetworkCase(kind, card, sender);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Each measurement keeps nothing.
    }
}
