using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>The console as the capture pipeline's port.</summary>
internal readonly struct LogConsole : IConsole
{
    public void Write(ReadOnlySpan<byte> text) => Log.Write(text);
}
