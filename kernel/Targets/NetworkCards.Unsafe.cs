using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers;
using CosmosKdump.Kernel.Drivers.Net;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>Tries to reach a server over the network cards of one driver, one after the other.</summary>
internal static class NetworkCards<TDriver>
    where TDriver : struct, INetworkDriver
{
    private static PciDevice _device;
    private static NetworkSearch _search;

    /// <summary>Each card in a step of its own, so that a fault with one leaves the others.</summary>
    internal static unsafe void Try(ref NetworkSearch search)
    {
        _search = search;
        PciDeviceWalk walk = PciDeviceWalk.Everything();
        while (walk.MoveNext() && !_search.IsDone && _search.Cards < Limits.NetworkCards)
        {
            _device = walk.Current;
            if (!LinkOf<TDriver>.Driver.Supports(_device))
            {
                continue;
            }
            _search.Cards++;
            // A plain function of this class, which keeps what it works on in the fields above.
            Status status = Step.Run(&TryCard, 0);
            if (status == Status.StepFaulted)
            {
                Quiesce.AfterFault();
                _search.Note(status);
            }
        }
        search = _search;
    }

    private static Status TryCard(ulong unused)
    {
        PhysicalMap.Reset();
        CaptureProgress.Made();
        ref TDriver driver = ref LinkOf<TDriver>.Driver;
        Status status = driver.Start(_device, StaticMemory.Device);
        if (status == Status.Ok)
        {
            Tell(default);
            status = NetworkTarget.TryLink(LinkOf<TDriver>.Face, ref _search);
            driver.Stop();
        }
        if (!DumpOutcome.IsDump(status))
        {
            Tell(status);
        }
        _search.Note(status);
        return Status.Ok;
    }

    private static void Tell(Status status)
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        var line = new TextLine(buffer);
        DeviceLog.Begin(ref line, LinkOf<TDriver>.Driver.Name, _device);
        if (status != Status.Ok)
        {
            line.AddStatus(status);
        }
        else
        {
            LinkOf<TDriver>.Driver.Mac.AppendTo(ref line);
            line.Add(LinkOf<TDriver>.Driver.HasChecksumOffload ? ", checksums"u8 : default);
            line.Add(LinkOf<TDriver>.Driver.MostSegmentedBytes > 0 ? ", segmentation"u8 : default);
        }
        DeviceLog.End(ref line);
    }
}
