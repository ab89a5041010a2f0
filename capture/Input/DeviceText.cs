using System;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Net;

namespace CosmosKdump.Capture.Input;

/// <summary>Parses the items of <c>kdump.target=</c> and <c>kdump.console=</c>.</summary>
public static class DeviceText
{
    /// <summary>Highest N of <c>ttySN</c> that is accepted.</summary>
    public const int MaxSerialPort = 31;

    /// <summary>Parses <c>ttySN</c>.</summary>
    public static Status ParseSerialName(ReadOnlySpan<byte> text, out byte port)
    {
        port = 0;
        if (!text.StartsWith("ttyS"u8)
            || NumberText.ReadDecimal(text[4..], out ulong number) != Status.Ok
            || number > MaxSerialPort)
        {
            return Status.BadOptionValue;
        }
        port = (byte)number;
        return Status.Ok;
    }

    /// <summary>
    /// Parses the target at the cursor's item, and the baud rate after it if there is one.
    /// <see cref="Status.UnknownTarget"/> for an unknown kind, <see cref="Status.BadOptionValue"/> or
    /// <see cref="Status.BadBaudRate"/> for a bad detail, which is then left at its default.
    /// </summary>
    public static Status ParseTarget(ref ListCursor cursor, out TargetSpec target)
    {
        ReadOnlySpan<byte> item = cursor.Item;
        target = default;
        if (item.StartsWith(HttpTarget.Scheme))
        {
            target.Kind = TargetKind.Http;
            Status url = HttpTarget.Parse(item, out target.Server, out int path);
            target.PathOffset = (ushort)path;
            return url;
        }
        int colon = item.IndexOf((byte)':');
        ReadOnlySpan<byte> kind = colon < 0 ? item : item[..colon];
        ReadOnlySpan<byte> detail = colon < 0 ? default : item[(colon + 1)..];
        if (kind.SequenceEqual("disk"u8))
        {
            target.Kind = TargetKind.Disk;
            return colon < 0 ? Status.Ok : AreaUuid.Parse(detail, out target.Uuid);
        }
        if (kind.SequenceEqual("serial"u8))
        {
            target.Kind = TargetKind.Serial;
            Status name = colon < 0 ? Status.Ok : ParseSerialName(detail, out target.Port);
            Status rate = cursor.TakeBaud(out target.Baud);
            return name != Status.Ok ? name : rate;
        }
        if (kind.SequenceEqual("tcp"u8))
        {
            target.Kind = TargetKind.Tcp;
            return TcpEndpoint.Parse(detail, 0, out target.Server);
        }
        return Status.UnknownTarget;
    }

    /// <summary>
    /// A target that can be tried although a detail of it was bad: any dump area rather than the one of a mistyped
    /// UUID, the default line or rate rather than none.
    /// </summary>
    public static bool CanDoWithout(Status status, in TargetSpec target) =>
        (status == Status.BadOptionValue && target.Kind is TargetKind.Disk or TargetKind.Serial)
        || status == Status.BadBaudRate;

    /// <summary>
    /// Parses the console at the cursor's item, and the baud rate after it if there is one.
    /// <see cref="Status.BadOptionValue"/> for an unknown console, <see cref="Status.BadBaudRate"/> for a bad rate,
    /// which is then left at its default.
    /// </summary>
    public static Status ParseConsole(ref ListCursor cursor, out ConsoleSpec console)
    {
        ReadOnlySpan<byte> item = cursor.Item;
        console = default;
        if (item.SequenceEqual("vga"u8))
        {
            console.Kind = ConsoleKind.Vga;
            return Status.Ok;
        }
        if (item.SequenceEqual("efifb"u8))
        {
            console.Kind = ConsoleKind.EfiFramebuffer;
            return Status.Ok;
        }
        Status name = ParseSerialName(item, out console.Port);
        Status rate = cursor.TakeBaud(out console.Baud);
        return name != Status.Ok ? name : rate;
    }
}
