using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Stream;
using CosmosKdump.Kernel.Drivers.Serial;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>The target <c>serial[:ttySN[,baud]]</c>: sends the dump in frames to <c>ckdump receive</c>.</summary>
internal static class SerialTarget
{
    // What "ckdump receive" takes too. What firmware left in a port that nobody used, often 9600, is no choice.
    private const uint UsualBaud = 115200;

    /// <summary><see cref="Status.NoDevice"/>: there is no such port. Otherwise how the run went.</summary>
    internal static Status Try(in TargetSpec spec)
    {
        Uart16550 uart = default;
        Status status = uart.Start(spec.Port, spec.Baud == 0 ? UsualBaud : spec.Baud);
        if (status != Status.Ok)
        {
            return status;
        }
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("target serial: ttyS"u8);
        line.AddDecimal(spec.Port);
        line.Add(" at "u8);
        line.AddDecimal(uart.Baud);
        line.Add(" baud"u8);
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
        DmaRegion region = StaticMemory.Device.Slice(0, SerialSink<Uart16550, OldMemory, KernelClock>.BufferBytes);
        SinkOf<SerialSink<Uart16550, OldMemory, KernelClock>>.Sink =
            new SerialSink<Uart16550, OldMemory, KernelClock>(in uart, default, default, region.AsBuffer());
        return CaptureRun.Into(SinkOf<SerialSink<Uart16550, OldMemory, KernelClock>>.Face);
    }
}
