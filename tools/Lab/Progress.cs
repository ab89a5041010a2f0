using System;
using System.Diagnostics;

namespace CosmosKdump.Lab;

/// <summary>
/// Tells what the lab is doing, a line per step, on standard error. On a terminal the running step shows its state;
/// in a pipe only finished steps are told.
/// </summary>
public sealed class Progress
{
    private readonly bool _live;
    private readonly Stopwatch _step = new();
    private string _title = "";
    private long _lastDrawn;

    /// <summary>Progress on this process's standard error.</summary>
    public Progress()
    {
        _live = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");
    }

    /// <summary>Starts a step.</summary>
    public void Begin(string title)
    {
        _title = title;
        _step.Restart();
        _lastDrawn = long.MinValue;
        Update("");
    }

    /// <summary>Shows the state of the running step; cheap, may be called often.</summary>
    public void Update(string state)
    {
        long now = _step.ElapsedMilliseconds;
        if (_live && (_lastDrawn == long.MinValue || now - _lastDrawn >= 100))
        {
            _lastDrawn = now;
            Console.Error.Write($"\r\u001b[K… {_title}  {state}");
        }
    }

    /// <summary>Ends the running step.</summary>
    public void Done(string result = "")
    {
        string clear = _live ? "\r\u001b[K" : "";
        string tail = result.Length == 0 ? "" : $": {result}";
        Console.Error.WriteLine($"{clear}[{_step.Elapsed.TotalSeconds,6:F1} s] {_title}{tail}");
    }

    /// <summary>Tells a fact that is no step.</summary>
    public void Say(string text)
    {
        string clear = _live ? "\r\u001b[K" : "";
        Console.Error.WriteLine($"{clear}{text}");
    }
}
