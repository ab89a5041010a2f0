using System;

namespace CosmosKdump.Kernel.Report;

/// <summary>Facts of the build.</summary>
internal static class BuildInfo
{
    /// <summary>Version, as in Directory.Build.props; a test compares them.</summary>
    internal static ReadOnlySpan<byte> Version => "0.1.0"u8;
}
