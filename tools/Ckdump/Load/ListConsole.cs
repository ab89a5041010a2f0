using System;
using System.Collections.Generic;
using System.Text;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Load;

/// <summary>The console port as a list of lines.</summary>
internal readonly struct ListConsole(List<string> lines) : IConsole
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> text)
    {
        string line = Encoding.ASCII.GetString(text).TrimEnd('\n');
        if (line.Length != 0)
        {
            lines.Add(line);
        }
    }
}
