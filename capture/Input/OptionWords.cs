using System;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// The words that options take. Each method changes its option only when it returns <see cref="Status.Ok"/>; any
/// other word is <see cref="Status.BadOptionValue"/>.
/// </summary>
public static class OptionWords
{
    /// <summary>Reads <c>elf</c> or <c>kdump</c>.</summary>
    public static Status ReadFormat(ReadOnlySpan<byte> word, ref DumpFormat format)
    {
        if (word.SequenceEqual("elf"u8))
        {
            format = DumpFormat.Elf;
            return Status.Ok;
        }
        if (word.SequenceEqual("kdump"u8))
        {
            format = DumpFormat.Kdump;
            return Status.Ok;
        }
        return Status.BadOptionValue;
    }

    /// <summary>Reads <c>none</c>, <c>lzo</c>, <c>zlib</c>, <c>zstd</c> or <c>auto</c>.</summary>
    public static Status ReadCompressor(ReadOnlySpan<byte> word, ref Compressor compressor)
    {
        if (word.SequenceEqual("none"u8))
        {
            compressor = Compressor.None;
        }
        else if (word.SequenceEqual("lzo"u8))
        {
            compressor = Compressor.Lzo;
        }
        else if (word.SequenceEqual("zlib"u8))
        {
            compressor = Compressor.Zlib;
        }
        else if (word.SequenceEqual("zstd"u8))
        {
            compressor = Compressor.Zstd;
        }
        else if (word.SequenceEqual("auto"u8))
        {
            compressor = Compressor.Auto;
        }
        else
        {
            return Status.BadOptionValue;
        }
        return Status.Ok;
    }

    /// <summary>Reads <c>reboot</c>, <c>poweroff</c>, <c>halt</c> or <c>shell</c>.</summary>
    public static Status ReadAction(ReadOnlySpan<byte> word, ref EndAction action)
    {
        if (word.SequenceEqual("reboot"u8))
        {
            action = EndAction.Reboot;
        }
        else if (word.SequenceEqual("poweroff"u8))
        {
            action = EndAction.Poweroff;
        }
        else if (word.SequenceEqual("halt"u8))
        {
            action = EndAction.Halt;
        }
        else if (word.SequenceEqual("shell"u8))
        {
            action = EndAction.Shell;
        }
        else
        {
            return Status.BadOptionValue;
        }
        return Status.Ok;
    }

    /// <summary>Reads <c>1</c> or <c>0</c>.</summary>
    public static Status ReadSwitch(ReadOnlySpan<byte> word, ref bool isOn)
    {
        if (word.Length != 1 || word[0] is not ((byte)'0' or (byte)'1'))
        {
            return Status.BadOptionValue;
        }
        isOn = word[0] == (byte)'1';
        return Status.Ok;
    }
}
