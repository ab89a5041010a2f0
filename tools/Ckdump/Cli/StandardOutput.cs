using System;
using System.IO;
using System.Text;

namespace CosmosKdump.Ckdump.Cli;

/// <summary>Standard output as a writer whose errors say that they are of standard output.</summary>
public sealed class StandardOutput(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Named(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Named(() => inner.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Named(() => inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Named(inner.Flush);

    private static void Named(Action write)
    {
        try
        {
            write();
        }
        catch (IOException failure)
        {
            throw new ToolException("standard output", failure.Message);
        }
    }
}
