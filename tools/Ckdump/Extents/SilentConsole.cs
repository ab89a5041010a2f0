using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>A console that shows nothing.</summary>
internal readonly struct SilentConsole : IConsole
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> text)
    {
    }
}
