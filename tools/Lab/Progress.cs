using System;
using System.Diagnostics;
using System.IO;

namespace CosmosKdump.Lab;

/// <summary>
/// Tells what the lab is doing on standard error. On a terminal the running step shows its state, and one line is left of
/// it; in a pipe, a line tells that a step begins, and another that it has ended.
/// </summary>
public sealed class Progress
{
    private readonly TextWriter _output;
    private readonly bool _live;
    private readonly Stopwatch _total = Stopwatch.StartNew();
    private readonly Stopwatch _step = new();
    private string _title = "";
    private long _lastDrawn;

    /// <summary>Progress on this process's standard error.</summary>
    public Progress()
        : this(
            Console.Error,
            !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb"))
    {
    }

    /// <summary>Progress on a writer, which is a terminal (<paramref name="isLive"/>) or not.</summary>
    internal Progress(TextWriter output, bool isLive)
    {
        _output = output;
        _live = isLive;
    }

    /// <summary>Starts a step.</summary>
    public void Begin(string title)
    {
        _title = title;
        _step.Restart();
        _lastDrawn = long.MinValue;
        if (!_live)
        {
            _output.WriteLine($"{title} …");
        }
        Update("");
    }

    /// <summary>Shows the state of the running step; cheap, may be called often.</summary>
    public void Update(string state)
    {
        long now = _step.ElapsedMilliseconds;
        if (_live && (_lastDrawn == long.MinValue || now - _lastDrawn >= 100))
        {
            _lastDrawn = now;
            _output.Write($"\r\u001b[K… {_title}  {state}");
        }
    }

    /// <summary>Ends the running step.</summary>
    public void Done(string result = "")
    {
        string clear = _live ? "\r\u001b[K" : "";
        string tail = result.Length == 0 ? "" : $": {result}";
        _output.WriteLine($"{clear}[{_step.Elapsed.TotalSeconds,6:F1} s] {_title}{tail}");
    }

    /// <summary>Ends the whole work.</summary>
    public void End(string what) => Say($"[{_total.Elapsed.TotalSeconds,6:F1} s] {what}, all in all");

    /// <summary>Tells a fact that is no step.</summary>
    public void Say(string text)
    {
        string clear = _live ? "\r\u001b[K" : "";
        _output.WriteLine($"{clear}{text}");
    }
}
