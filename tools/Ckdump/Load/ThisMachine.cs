using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Extents;

namespace CosmosKdump.Ckdump.Load;

/// <summary>The real machine's answers to what a configuration names.</summary>
public static class ThisMachine
{
    /// <summary>Root of <c>/proc</c>, <c>/sys</c> and <c>/run</c>.</summary>
    public const string Root = "/";

    /// <summary>Resolves targets by this machine's disks and name service.</summary>
    public static TargetResolver Resolver() =>
        new(new AreaLookup(AreaScan.Find), Reach, Resolve, AreaMap.Build);

    private static string? Reach(string path) => Posix.KindOf(path, out string number) switch
    {
        FileKind.BlockDevice => new CaptureReach("/sys", "/dev").Find(number),
        FileKind.Regular => "is a file that the capture kernel cannot find: ckdump prepare --file makes one that it can",
        _ => null,
    };

    /// <summary>The IPv4 address of a host, or null.</summary>
    public static IPAddress? Resolve(string host)
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
