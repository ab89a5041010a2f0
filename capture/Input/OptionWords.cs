using System;
using System.Runtime.CompilerServices;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// The words that options take. Each method changes its option only when it returns <see cref="Status.Ok"/>; any
/// other word is <see cref="Status.BadOptionValue"/>.
/// </summary>
public static class OptionWords
{
    /// <summary>The word of a format.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ReadOnlySpan<byte> TextOf(DumpFormat format) => format == DumpFormat.Kdump ? "kdump"u8 : "elf"u8;

    /// <summary>The word of a compressor.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ReadOnlySpan<byte> TextOf(Compressor compressor) => compressor switch
    {
        Compressor.None => "none"u8,
        Compressor.Lzo => "lzo"u8,
        Compressor.Zlib => "zlib"u8,
        Compressor.Zstd => "zstd"u8,
        _ => "auto"u8,
    };

    /// <summary>The word of an action.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ReadOnlySpan<byte> TextOf(EndAction action) => action switch
    {
        EndAction.Reboot => "reboot"u8,
        EndAction.Poweroff => "poweroff"u8,
        EndAction.Halt => "halt"u8,
        _ => "shell"u8,
    };

    /// <summary>Reads <c>elf</c> or <c>kdump</c>.</summary>
    public static Status ReadFormat(ReadOnlySpan<byte> word, ref DumpFormat format)
    {
        for (DumpFormat each = DumpFormat.Elf; each <= DumpFormat.Kdump; each++)
        {
            if (word.SequenceEqual(TextOf(each)))
            {
                format = each;
                return Status.Ok;
            }
        }
        return Status.BadOptionValue;
    }

    /// <summary>Reads <c>none</c>, <c>lzo</c>, <c>zlib</c>, <c>zstd</c> or <c>auto</c>.</summary>
    public static Status ReadCompressor(ReadOnlySpan<byte> word, ref Compressor compressor)
    {
        for (Compressor each = Compressor.None; each <= Compressor.Auto; each++)
        {
            if (word.SequenceEqual(TextOf(each)))
            {
                compressor = each;
                return Status.Ok;
            }
        }
        return Status.BadOptionValue;
    }

    /// <summary>Reads <c>reboot</c>, <c>poweroff</c>, <c>halt</c> or <c>shell</c>.</summary>
    public static Status ReadAction(ReadOnlySpan<byte> word, ref EndAction action)
    {
        for (EndAction each = EndAction.Reboot; each <= EndAction.Shell; each++)
        {
            if (word.SequenceEqual(TextOf(each)))
            {
                action = each;
                return Status.Ok;
            }
        }
        return Status.BadOptionValue;
    }

    /// <summary>1 for on, 0 for off.</summary>
    public static int NumberOf(bool isOn) => isOn ? 1 : 0;

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
