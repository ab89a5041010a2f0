using System;
using System.Net;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>Reads the options of <c>ckdump receive --listen</c>.</summary>
public static class ListenOptions
{
    /// <summary>Parses <c>[ADDR:]PORT</c>.</summary>
    public static IPEndPoint Address(string text)
    {
        string address = text.Contains(':') ? text : $"0.0.0.0:{text}";
        return IPEndPoint.TryParse(address, out IPEndPoint? endpoint) && endpoint.ToString().EndsWith(address[address.LastIndexOf(':')..], StringComparison.Ordinal)
            ? endpoint
            : throw ToolException.Usage($"--listen: '{text}' is not [ADDR:]PORT");
    }

    /// <summary>Makes limits of the options.</summary>
    public static StreamLimits Limits(string? maxSize, string keepFree, TimeSpan? silence)
    {
        var limits = new StreamLimits();
        return limits with
        {
            MostBytes = maxSize is null ? limits.MostBytes : SizeOf("--max-size", maxSize),
            KeptFreeBytes = keepFree == "0" ? 0 : SizeOf("--keep-free", keepFree),
            Silence = silence ?? limits.Silence,
        };
    }

    private static long SizeOf(string option, string text) => ByteSize.TryParse(text, out long bytes)
        ? bytes
        : throw ToolException.Usage($"{option}: '{text}' is not a size");
}
