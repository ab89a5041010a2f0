using System;
using System.Collections.Generic;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Analyzer.Kernel;

/// <summary>The VMCOREINFO text of a vmcore, kept on the host; empty if there is none.</summary>
public sealed class VmcoreInfoText
{
    // Linux keeps one page; half a MiB is beyond any doubt.
    private const int MostBytes = 512 * 1024;

    private readonly byte[] _text;

    private VmcoreInfoText(byte[] text, FileProblem? problem)
    {
        _text = text;
        Problem = problem;
    }

    /// <summary>Why there is no text, or not all of it; null if all is well.</summary>
    public FileProblem? Problem { get; }

    /// <summary>There is a text.</summary>
    public bool IsPresent => _text.Length > 0;

    /// <summary>The lookups.</summary>
    public VmcoreInfo Fields => new(_text);

    /// <summary>All lines of the form KEY=value, in their order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Lines
    {
        get
        {
            foreach (string line in Encoding.UTF8.GetString(_text).Split('\n'))
            {
                int equals = line.IndexOf('=');
                if (equals > 0)
                {
                    yield return KeyValuePair.Create(line[..equals], line[(equals + 1)..]);
                }
            }
        }
    }

    /// <summary>Reads the text from a vmcore's notes.</summary>
    public static VmcoreInfoText Read(VmcoreFile vmcore)
    {
        foreach (VmcoreNote note in vmcore.Notes)
        {
            if (!note.IsVmcoreInfo)
            {
                continue;
            }
            byte[] text = new byte[Math.Min(note.LengthBytes, MostBytes)];
            Status status = vmcore.Bytes.Read(note.OffsetBytes, text);
            FileProblem? problem = status != Status.Ok
                ? new FileProblem("VMCOREINFO cannot be read", (long)note.OffsetBytes)
                : note.LengthBytes > MostBytes
                    ? new FileProblem($"VMCOREINFO of {note.LengthBytes} bytes", (long)note.OffsetBytes)
                    : null;
            return new VmcoreInfoText(text.AsSpan().TrimEnd((byte)0).ToArray(), problem?.In(vmcore.Bytes));
        }
        return new VmcoreInfoText([], new FileProblem("no VMCOREINFO note"));
    }

    /// <summary>The text of a key such as <c>OSRELEASE</c>, null if it is missing.</summary>
    public string? TextOf(ReadOnlySpan<byte> key) =>
        Fields.TryGetText(key, out ReadOnlySpan<byte> value) == Status.Ok ? Encoding.UTF8.GetString(value) : null;
}
