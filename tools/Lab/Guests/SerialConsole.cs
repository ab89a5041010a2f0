using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// Follows a guest's serial console: time-stamps each line, keeps the transcript, and waits for lines.
/// </summary>
public sealed partial class SerialConsole
{
    private readonly object _gate = new();
    private readonly List<ConsoleLine> _lines = [];
    private readonly StringBuilder _open = new();
    private readonly RunClock _clock;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly StreamWriter _transcript;
    private double _openSince;
    private bool _ended;

    /// <summary>Starts to follow; what is written to <paramref name="output"/> is typed on the console.</summary>
    public SerialConsole(Stream input, Stream output, string transcriptPath, RunClock clock)
    {
        _input = input;
        _output = output;
        _clock = clock;
        TranscriptPath = transcriptPath;
        _transcript = new StreamWriter(transcriptPath) { AutoFlush = true, NewLine = "\n" };
        new Thread(Follow) { IsBackground = true, Name = "console" }.Start();
    }

    /// <summary>The transcript: every line with its time.</summary>
    public string TranscriptPath { get; }

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<ConsoleLine> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The whole text so far.</summary>
    public string Text => string.Join('\n', Lines.Select(line => line.Text));

    /// <summary>The first line so far that matches.</summary>
    public ConsoleLine? Find(Regex pattern)
    {
        foreach (ConsoleLine line in Lines)
        {
            if (pattern.IsMatch(line.Text))
            {
                return line;
            }
        }
        return null;
    }

    /// <summary>
    /// Waits until a line matches, also one that is there already; null when the limit or QEMU's end comes first.
    /// </summary>
    public ConsoleLine? TryWaitFor(Regex pattern, TimeSpan limit) => TryWaitForCount(pattern, 1, limit);

    /// <summary>
    /// Waits until so many lines match, those included that are there already, and returns the last of them; null when the
    /// limit or QEMU's end comes first.
    /// </summary>
    public ConsoleLine? TryWaitForCount(Regex pattern, int count, TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            for (int next = 0; ;)
            {
                for (; next < _lines.Count; next++)
                {
                    if (pattern.IsMatch(_lines[next].Text) && --count == 0)
                    {
                        return _lines[next];
                    }
                }
                TimeSpan left = limit - Stopwatch.GetElapsedTime(start);
                if (_ended || left <= TimeSpan.Zero)
                {
                    return null;
                }
                Monitor.Wait(_gate, left);
            }
        }
    }

    /// <summary>Waits until a line matches; fails with the last lines of the transcript.</summary>
    public ConsoleLine WaitFor(Regex pattern, TimeSpan limit) => TryWaitFor(pattern, limit) ?? throw Missing(
        $"no console line matches /{pattern}/ {(_ended ? "until QEMU's end" : $"within {limit.TotalSeconds:F0} s")}");

    /// <summary>Waits until a line contains a text.</summary>
    public ConsoleLine WaitFor(string text, TimeSpan limit) => WaitFor(new Regex(Regex.Escape(text)), limit);

    /// <summary>Types a line.</summary>
    public void Type(string line)
    {
        _output.Write(Encoding.ASCII.GetBytes(line + "\n"));
        _output.Flush();
    }

    /// <summary>An error that shows the end of the transcript.</summary>
    public LabException Missing(string what) =>
        new($"{what}; transcript {TranscriptPath} ends:\n{string.Join('\n', Lines.TakeLast(25).Select(Format))}");

    private static string Format(ConsoleLine line) =>
        string.Create(CultureInfo.InvariantCulture, $"[{line.Seconds,9:F4}] {line.Text}");

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]|\u001bc|[\u0000-\u0008\u000b-\u001f]")]
    private static partial Regex ControlSequences();

    private void Follow()
    {
        byte[] buffer = new byte[4096];
        try
        {
            for (int count; (count = _input.Read(buffer)) > 0;)
            {
                Take(buffer.AsSpan(0, count), _clock.Seconds);
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // QEMU was killed, or its owner has let it go: that is an end like any other.
        }
        lock (_gate)
        {
            if (_open.Length != 0)
            {
                EndLine();
            }
            _ended = true;
            Monitor.PulseAll(_gate);
        }
        _transcript.Dispose();
    }

    private void Take(ReadOnlySpan<byte> bytes, double now)
    {
        lock (_gate)
        {
            foreach (byte b in bytes)
            {
                if (b == '\n')
                {
                    EndLine();
                    continue;
                }
                if (_open.Length == 0)
                {
                    _openSince = now;
                }
                _open.Append((char)b);
            }
        }
    }

    private void EndLine()
    {
        ConsoleLine line = new(_openSince, ControlSequences().Replace(_open.ToString(), ""));
        _open.Clear();
        _lines.Add(line);
        _transcript.WriteLine(Format(line));
        Monitor.PulseAll(_gate);
    }
}
