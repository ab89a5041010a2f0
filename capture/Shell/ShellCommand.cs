using System;

namespace CosmosKdump.Capture.Shell;

/// <summary>A line of the monitor: a command's word, and what follows it.</summary>
public static class ShellCommand
{
    /// <summary>Takes a line apart; the argument has no white space at its ends.</summary>
    public static ShellVerb Parse(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> argument)
    {
        line = Trim(line);
        int length = 0;
        while (length < line.Length && !IsSpace(line[length]))
        {
            length++;
        }
        argument = Trim(line[length..]);
        return VerbOf(line[..length]);
    }

    /// <summary>The word of a command.</summary>
    public static ReadOnlySpan<byte> TextOf(ShellVerb verb) => verb switch
    {
        ShellVerb.Help => "help"u8,
        ShellVerb.Status => "status"u8,
        ShellVerb.Mem => "mem"u8,
        ShellVerb.Pci => "pci"u8,
        ShellVerb.Disks => "disks"u8,
        ShellVerb.Log => "log"u8,
        ShellVerb.Backtrace => "bt"u8,
        ShellVerb.Dump => "dump"u8,
        ShellVerb.More => "more"u8,
        ShellVerb.Reboot => "reboot"u8,
        ShellVerb.Poweroff => "poweroff"u8,
        ShellVerb.Halt => "halt"u8,
        _ => default,
    };

    private static ShellVerb VerbOf(ReadOnlySpan<byte> word)
    {
        if (word.Length == 0)
        {
            return ShellVerb.None;
        }
        for (ShellVerb verb = ShellVerb.Help; verb <= ShellVerb.Halt; verb++)
        {
            if (word.SequenceEqual(TextOf(verb)))
            {
                return verb;
            }
        }
        return ShellVerb.Unknown;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0 && IsSpace(text[0]))
        {
            text = text[1..];
        }
        while (text.Length > 0 && IsSpace(text[text.Length - 1]))
        {
            text = text[..(text.Length - 1)];
        }
        return text;
    }

    private static bool IsSpace(byte character) => character is (byte)' ' or (byte)'\t';
}
