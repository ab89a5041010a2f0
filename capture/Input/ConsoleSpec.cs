namespace CosmosKdump.Capture.Input;

/// <summary>One console of <c>kdump.console=</c>.</summary>
public struct ConsoleSpec
{
    /// <summary>Kind of the console.</summary>
    public ConsoleKind Kind;

    /// <summary>Serial: number N of <c>ttySN</c>.</summary>
    public byte Port;

    /// <summary>Serial: baud rate, 0 if none was given.</summary>
    public uint Baud;
}
