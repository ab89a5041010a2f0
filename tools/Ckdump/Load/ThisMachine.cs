using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using CosmosKdump.Ckdump.Areas;

namespace CosmosKdump.Ckdump.Load;

/// <summary>The real machine's answers to what a configuration names.</summary>
public static class ThisMachine
{
    /// <summary>Root of <c>/proc</c>, <c>/sys</c> and <c>/run</c>.</summary>
    public const string Root = "/";

    /// <summary>Resolves targets by this machine's disks and name service.</summary>
    public static TargetResolver Resolver() =>
        new(new AreaLookup(AreaScan.Find), new CaptureReach("/sys", "/dev").Find, Resolve);

    private static IPAddress? Resolve(string host)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return address.AddressFamily == AddressFamily.InterNetwork ? address : null;
        }
        try
        {
            return Dns.GetHostAddresses(host, AddressFamily.InterNetwork).FirstOrDefault();
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            return null;
        }
    }
}
