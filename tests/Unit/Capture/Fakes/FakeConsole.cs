using System;
using System.Text;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>A console that keeps what it was told.</summary>
internal readonly struct FakeConsole() : IConsole
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Write(ReadOnlySpan<byte> text) => _text.Append(Encoding.ASCII.GetString(text));
}
