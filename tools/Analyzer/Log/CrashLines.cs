using System;
using System.Text;
using CosmosKdump.Capture.Messages;

namespace CosmosKdump.Analyzer.Log;

/// <summary>The lines of a log that tell what happened, picked while the log goes by.</summary>
public sealed class CrashLines
{
    // An oops takes several lines; its first one tells most.
    private const long RecordsOfOneCause = 10;

    private string? _cause;
    private long _causeAt;

    /// <summary>The last "Kernel panic" line, null if there is none.</summary>
    public string? Panic { get; private set; }

    /// <summary>What led to the panic, or to the crash without one: the last line of its kind before it.</summary>
    public string? Cause { get; private set; }

    /// <summary>The task that ran, as the kernel printed it: <c>CPU: 0 PID: 1 Comm: init ...</c>.</summary>
    public string? Task { get; private set; }

    /// <summary>Time of the newest record, nanoseconds since boot.</summary>
    public ulong LastNanoseconds { get; private set; }

    /// <summary>Number of records.</summary>
    public long Records { get; private set; }

    /// <summary>Takes the next record.</summary>
    public void Add(LogRecord record)
    {
        Records++;
        LastNanoseconds = Math.Max(LastNanoseconds, record.Nanoseconds);
        if (record.Text.Length > 4096)
        {
            return;
        }
        string text = FirstLine(record.Text);
        if (CrashWords.IsPanic(record.Text))
        {
            Panic = text;
            Cause = _cause;
            Task = _cause is null ? null : Task;
            _cause = null;
        }
        else if (CrashWords.IsCause(record.Text))
        {
            bool isNew = _cause is null || Records - _causeAt > RecordsOfOneCause;
            _cause = isNew ? text : _cause;
            _causeAt = Records;
            Task = isNew && Panic is null ? null : Task;
            Cause = Panic is null ? _cause : Cause;
        }
        else if (IsTask(text))
        {
            Task ??= text;
        }
    }

    private static bool IsTask(string text) =>
        text.StartsWith("CPU: ", StringComparison.Ordinal)
        && text.Contains(" PID: ", StringComparison.Ordinal)
        && text.Contains(" Comm: ", StringComparison.Ordinal);

    private static string FirstLine(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }
}
