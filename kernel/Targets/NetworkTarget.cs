using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Net;
using CosmosKdump.Kernel.Drivers.Intel;
using CosmosKdump.Kernel.Drivers.Virtio;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>The targets <c>tcp:IP:PORT</c> and <c>http://IP[:PORT]/PATH</c>, over the first card that reaches the server.</summary>
internal static class NetworkTarget
{
    private static TargetSpec _spec;
    private static ulong _acknowledged;

    /// <summary>Address that the command line gives; none: DHCP.</summary>
    internal static IpSettings Settings { get; set; }

    /// <summary>Where the command line lies, which paths are part of.</summary>
    internal static HeldBuffer CommandLine { get; set; }

    private static ref TcpSink<AnyLink, KernelClock, OldMemory> Tcp =>
        ref SinkOf<TcpSink<AnyLink, KernelClock, OldMemory>>.Sink;

    private static ref HttpSink<AnyLink, KernelClock, OldMemory> Http =>
        ref SinkOf<HttpSink<AnyLink, KernelClock, OldMemory>>.Sink;

    /// <summary>Every card of every driver in turn. <see cref="Status.NoDevice"/>: there is none.</summary>
    internal static Status Try(in TargetSpec spec)
    {
        _spec = spec;
        NetworkSearch search = NetworkSearch.New;
        NetworkCards<VirtioNetUnit>.Try(ref search);
        NetworkCards<E1000Unit>.Try(ref search);
        return search.Result;
    }

    /// <summary>
    /// Whether the server has acknowledged something since the last look: progress that needs no look at memory, which a card
    /// may do by itself.
    /// </summary>
    internal static void LookAtProgress()
    {
        ulong now = Tcp.Connection.Engine.Queue.Start + Http.Connection.Engine.Queue.Start;
        if (now != _acknowledged)
        {
            _acknowledged = now;
            CaptureProgress.Made();
        }
    }

    /// <summary>Tries to reach the server over a card that was started.</summary>
    internal static Status TryLink(AnyLink link, ref NetworkSearch search)
    {
        Deadline carrier = Deadline.AfterMicroseconds((uint)Limits.CarrierMicroseconds);
        while (!link.IsUp)
        {
            if (carrier.HasPassed)
            {
                return Status.NoCarrier;
            }
            Cpu.Pause();
        }
        // The buffer of disk targets' labels, which no network target has.
        DmaBuffer buffer = StaticMemory.Label.AsBuffer();
        return _spec.Kind == TargetKind.Tcp
            ? TryTcp(in link, buffer, ref search)
            : TryHttp(in link, buffer, ref search);
    }

    private static Status TryTcp(in AnyLink link, DmaBuffer buffer, ref NetworkSearch search)
    {
        Tcp = new TcpSink<AnyLink, KernelClock, OldMemory>(in link, default, default, buffer);
        Status status = Open(ref Tcp.Connection, in search);
        if (status == Status.Ok)
        {
            search.IsDone = true;
            status = CaptureRun.Into(SinkOf<TcpSink<AnyLink, KernelClock, OldMemory>>.Face);
            Close(ref Tcp.Connection);
        }
        return status;
    }

    private static Status TryHttp(in AnyLink link, DmaBuffer buffer, ref NetworkSearch search)
    {
        Span<byte> whole = CommandLine.Bytes.Slice(_spec.TextOffset, _spec.TextLength);
        DmaBuffer text = new(whole[_spec.PathOffset..], 0);
        var target = new HttpTarget(_spec.Server, new HeldBuffer(text), CaptureRun.Overwrite);
        Http = new HttpSink<AnyLink, KernelClock, OldMemory>(in link, default, default, buffer, in target);
        Status status = Open(ref Http.Connection, in search);
        if (status != Status.Ok)
        {
            return status;
        }
        search.IsDone = true;
        status = CaptureRun.Into(SinkOf<HttpSink<AnyLink, KernelClock, OldMemory>>.Face);
        TellUpload();
        Close(ref Http.Connection);
        return status;
    }

    private static Status Open(ref TcpConnection<AnyLink, KernelClock, OldMemory> connection, in NetworkSearch search)
    {
        Status status = Status.Ok;
        connection.Engine.Port.Settings = Settings;
        // Steps that end by themselves: a watchdog's period is there for each.
        CaptureProgress.Made();
        if (Settings.Address.Value == 0)
        {
            status = DhcpClient.Run(ref connection.Engine.Port);
            CaptureProgress.Made();
        }
        if (status == Status.Ok)
        {
            TellAddress(in connection.Engine.Port.Settings);
            status = connection.Connect(_spec.Server);
            CaptureProgress.Made();
        }
        return status;
    }

    private static void Close(ref TcpConnection<AnyLink, KernelClock, OldMemory> connection)
    {
        connection.Close();
        if (connection.Engine.Repeats == 0)
        {
            return;
        }
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("network: "u8);
        line.AddDecimal(connection.Engine.Repeats);
        line.Add(" segments sent again"u8);
        Emit(in line);
    }

    private static void TellAddress(in IpSettings settings)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("network: "u8);
        settings.Address.AppendTo(ref line);
        line.Add("/"u8);
        line.AddDecimal(settings.PrefixBits);
        if (settings.Gateway.Value != 0)
        {
            line.Add(" by way of "u8);
            settings.Gateway.AppendTo(ref line);
        }
        line.Add(Settings.Address.Value == 0 ? " (DHCP)"u8 : default);
        line.Add(", connects to "u8);
        _spec.Server.AppendTo(ref line);
        Emit(in line);
    }

    /// <summary>What the server said, and under which name it has the dump.</summary>
    private static void TellUpload()
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        ReadOnlySpan<byte> said = Http.StatusLine;
        if (said.Length > 0)
        {
            TextLine line = ReportLine.Begin(buffer);
            line.Add("http: "u8);
            line.Add(said);
            Emit(in line);
        }
        TextLine where = ReportLine.Begin(buffer);
        bool isFlat = CaptureRun.Plan.Facts.Format == DumpFormat.Kdump;
        where.Add("http: PUT "u8);
        Http.Target.AppendPath(ref where, in CaptureRun.Plan.Facts, isFlat);
        where.Add(isFlat ? " (flattened: ckdump reads it as it is)"u8 : default);
        Emit(in where);
    }

    private static void Emit(scoped in TextLine line)
    {
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
    }
}
