namespace CosmosKdump.Kernel.Machine;

/// <summary>The way to the monitor from below it: what ends by the action <c>shell</c> comes here.</summary>
internal static unsafe class Monitor
{
    private static delegate*<void> _run;

    /// <summary>Tells where the monitor is; the function does not return.</summary>
    internal static void Use(delegate*<void> run) => _run = run;

    /// <summary>Opens the monitor; returns only if there is none.</summary>
    internal static void Open()
    {
        if (_run != null)
        {
            // A plain function that lives as long as the kernel.
            _run();
        }
    }
}
