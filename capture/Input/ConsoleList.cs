using System.Runtime.CompilerServices;

namespace CosmosKdump.Capture.Input;

/// <summary>Room for <see cref="Limits.Consoles"/> consoles.</summary>
[InlineArray(Limits.Consoles)]
public struct ConsoleList
{
    private ConsoleSpec _first;
}
