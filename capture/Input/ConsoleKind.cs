namespace CosmosKdump.Capture.Input;

/// <summary>Where the report can be shown.</summary>
public enum ConsoleKind : byte
{
    /// <summary>A serial line.</summary>
    Serial = 0,
    /// <summary>The VGA text screen.</summary>
    Vga = 1,
    /// <summary>The firmware's framebuffer.</summary>
    EfiFramebuffer = 2,
}
