using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture.Net;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// Parses the kernel command line. Whatever cannot be understood is reported with what is used instead: a typing mistake
/// must never cost the dump. Where Linux has the option too, it is read as Linux reads it.
/// </summary>
public static class BootOptionsParser
{
    /// <summary>Parses a command line, which may end with a NUL; only its first 4096 bytes are read.</summary>
    public static void Parse<TConsole>(
        scoped ReadOnlySpan<byte> commandLine,
        ref TConsole console,
        out BootOptions options)
        where TConsole : struct, IConsole
    {
        options = BootOptions.Default;
        options.TargetCount = 0;
        options.IsBringUp = true;
        int length = Math.Min(commandLine.Length, Limits.CommandLineBytes);
        int end = commandLine[..length].IndexOf((byte)0);
        if (end < 0 && commandLine.Length > length)
        {
            Complain(ref console, Status.TooManyEntries, "command line"u8, "cut after 4096 bytes"u8, "the rest is ignored"u8);
        }
        var cursor = new CommandLineCursor(commandLine[..(end < 0 ? length : end)]);
        while (cursor.MoveNext())
        {
            Apply(ref options, ref console, in cursor);
        }
        if (options.IsBringUp && !options.HasFailureAction)
        {
            options.FailureAction = EndAction.Shell;
        }
        if (options.TargetCount == 0)
        {
            options.TargetCount = 1;
            options.Targets[0] = default;
        }
    }

    private static void Apply<TConsole>(
        ref BootOptions options,
        ref TConsole console,
        scoped in CommandLineCursor cursor)
        where TConsole : struct, IConsole
    {
        ReadOnlySpan<byte> name = cursor.Name;
        ReadOnlySpan<byte> value = cursor.Value;
        Status status;
        if (Same(name, "elfcorehdr"u8))
        {
            options.IsBringUp = false;
            status = ReadElfCoreHeader(ref options, ref console, value);
        }
        else if (Same(name, "acpi_rsdp"u8))
        {
            status = NumberText.ReadHex(value, out ulong address);
            options.AcpiRsdp = status == Status.Ok ? address : options.AcpiRsdp;
        }
        else if (!name.StartsWith("kdump."u8))
        {
            return;
        }
        else
        {
            status = ApplyOwn(ref options, ref console, in cursor, name[6..]);
        }
        if (status != Status.Ok)
        {
            ComplainOfOption(ref console, status, in options, name, value);
        }
    }

    private static Status ApplyOwn<TConsole>(
        ref BootOptions options,
        ref TConsole console,
        scoped in CommandLineCursor cursor,
        scoped ReadOnlySpan<byte> name)
        where TConsole : struct, IConsole
    {
        ReadOnlySpan<byte> value = cursor.Value;
        if (Same(name, "target"u8))
        {
            return ReadTargets(ref options, ref console, value, cursor.ValueOffset);
        }
        if (Same(name, "console"u8))
        {
            return ReadConsoles(ref options, ref console, value);
        }
        if (Same(name, "dump_level"u8))
        {
            return ReadDumpLevel(value, ref options.DumpLevel);
        }
        if (Same(name, "format"u8))
        {
            return OptionWords.ReadFormat(value, ref options.Format);
        }
        if (Same(name, "compress"u8))
        {
            return OptionWords.ReadCompressor(value, ref options.Compressor);
        }
        if (Same(name, "exclude_vmemmap"u8))
        {
            return OptionWords.ReadSwitch(value, ref options.ExcludesIdlePageStructs);
        }
        if (Same(name, "cpus"u8))
        {
            return ReadCpus(value, ref options.Cpus);
        }
        if (Same(name, "final_action"u8))
        {
            return OptionWords.ReadAction(value, ref options.FinalAction);
        }
        if (Same(name, "failure_action"u8))
        {
            options.HasFailureAction = true;
            return OptionWords.ReadAction(value, ref options.FailureAction);
        }
        if (Same(name, "overwrite"u8))
        {
            return OptionWords.ReadSwitch(value, ref options.Overwrite);
        }
        if (Same(name, "selftest"u8))
        {
            return OptionWords.ReadSwitch(value, ref options.SelfTest);
        }
        if (Same(name, "ip"u8))
        {
            bool isDhcp = Same(value, "dhcp"u8);
            Status status = IpSettings.Parse(value, out IpSettings settings);
            options.Ip = isDhcp || status == Status.Ok ? settings : options.Ip;
            return isDhcp ? Status.Ok : status;
        }
        return Status.UnknownOption;
    }

    // Linux: setup_elfcorehdr in kernel/crash_dump.c, [size[KMG]@]offset[KMG]; the last one wins, trailing text is
    // ignored.
    private static Status ReadElfCoreHeader<TConsole>(
        ref BootOptions options,
        ref TConsole console,
        scoped ReadOnlySpan<byte> value)
        where TConsole : struct, IConsole
    {
        Status status = NumberText.ReadSize(value, out ulong address, out int used);
        ulong size = 0;
        if (status == Status.Ok && used < value.Length && value[used] == (byte)'@')
        {
            size = address;
            int start = used + 1;
            status = NumberText.ReadSize(value[start..], out address, out used);
            used += start;
        }
        if (status != Status.Ok)
        {
            return status;
        }
        if (used < value.Length)
        {
            Complain(ref console, Status.BadOptionValue, "elfcorehdr"u8, value, "the text after the number is ignored"u8);
        }
        options.HasElfCoreHeader = true;
        options.ElfCoreHeaderAddress = address;
        options.ElfCoreHeaderSize = size;
        return Status.Ok;
    }

    private static Status ReadTargets<TConsole>(
        ref BootOptions options,
        ref TConsole console,
        scoped ReadOnlySpan<byte> value,
        int valueOffset)
        where TConsole : struct, IConsole
    {
        var cursor = new ListCursor(value);
        int items = 0;
        while (cursor.MoveNext())
        {
            items++;
            int offset = cursor.Offset;
            Status status = DeviceText.ParseTarget(ref cursor, out TargetSpec target);
            ReadOnlySpan<byte> text = value[offset..(cursor.Offset + cursor.Item.Length)];
            if (options.TargetCount == Limits.Targets)
            {
                status = Status.TooManyEntries;
            }
            bool isUsable = status == Status.Ok || DeviceText.CanDoWithout(status, in target);
            if (status != Status.Ok)
            {
                Complain(ref console, status, "kdump.target"u8, text, !isUsable ? "ignored"u8
                    : status == Status.BadBaudRate ? "used: 115200"u8
                    : target.Kind == TargetKind.Disk ? "used: any dump area"u8
                    : "used: ttyS0"u8);
            }
            options.HasUnknownTarget |= status != Status.Ok;
            if (!isUsable)
            {
                continue;
            }
            target.TextOffset = (ushort)(valueOffset + offset);
            target.TextLength = (ushort)text.Length;
            options.Targets[options.TargetCount++] = target;
        }
        return items == 0 ? Status.BadOptionValue : Status.Ok;
    }

    private static Status ReadConsoles<TConsole>(
        ref BootOptions options,
        ref TConsole console,
        scoped ReadOnlySpan<byte> value)
        where TConsole : struct, IConsole
    {
        var cursor = new ListCursor(value);
        int items = 0;
        while (cursor.MoveNext())
        {
            items++;
            int offset = cursor.Offset;
            Status status = DeviceText.ParseConsole(ref cursor, out ConsoleSpec spec);
            if (options.ConsoleCount == Limits.Consoles)
            {
                status = Status.TooManyEntries;
            }
            if (status != Status.Ok)
            {
                ReadOnlySpan<byte> text = value[offset..(cursor.Offset + cursor.Item.Length)];
                Complain(ref console, status, "kdump.console"u8, text,
                    status == Status.BadBaudRate ? "used: the port's rate"u8 : "ignored"u8);
            }
            bool isUsable = status is Status.Ok or Status.BadBaudRate;
            if (!isUsable)
            {
                continue;
            }
            options.Consoles[options.ConsoleCount++] = spec;
        }
        return items == 0 ? Status.BadOptionValue : Status.Ok;
    }

    private static Status ReadDumpLevel(scoped ReadOnlySpan<byte> value, ref byte level)
    {
        Status status = NumberText.ReadDecimal(value, out ulong number);
        if (status != Status.Ok || number > 31)
        {
            return Status.BadOptionValue;
        }
        level = (byte)number;
        return Status.Ok;
    }

    private static Status ReadCpus(scoped ReadOnlySpan<byte> value, ref int cpus)
    {
        Status status = NumberText.ReadDecimal(value, out ulong number);
        if (status != Status.Ok || number == 0)
        {
            return Status.BadOptionValue;
        }
        cpus = (int)Math.Min(number, (ulong)Limits.Cpus);
        return Status.Ok;
    }

    // Linux takes '-' and '_' for the same in names of options (parameq in kernel/params.c).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Same(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> known)
    {
        if (name.Length != known.Length)
        {
            return false;
        }
        for (int i = 0; i < name.Length; i++)
        {
            byte b = name[i] == (byte)'-' ? (byte)'_' : name[i];
            if (b != known[i])
            {
                return false;
            }
        }
        return true;
    }

    // Tells of an option with what goes on being in force: the default, or what was given before.
    private static void ComplainOfOption<TConsole>(
        ref TConsole console,
        Status status,
        scoped in BootOptions options,
        scoped ReadOnlySpan<byte> name,
        scoped ReadOnlySpan<byte> value)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = Begin(buffer, status, name, value);
        AddInForce(ref line, in options, name.StartsWith("kdump."u8) ? name[6..] : default);
        ReportLine.Write(ref console, in line);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddInForce(
        scoped ref TextLine line, scoped in BootOptions options, scoped ReadOnlySpan<byte> name)
    {
        int number = Same(name, "dump_level"u8) ? options.DumpLevel
            : Same(name, "cpus"u8) && options.Cpus != 0 ? options.Cpus
            : Same(name, "exclude_vmemmap"u8) ? OptionWords.NumberOf(options.ExcludesIdlePageStructs)
            : Same(name, "overwrite"u8) ? OptionWords.NumberOf(options.Overwrite)
            : Same(name, "selftest"u8) ? OptionWords.NumberOf(options.SelfTest)
            : -1;
        ReadOnlySpan<byte> word = Same(name, "format"u8) ? OptionWords.TextOf(options.Format)
            : Same(name, "compress"u8) ? OptionWords.TextOf(options.Compressor)
            : Same(name, "final_action"u8) ? OptionWords.TextOf(options.FinalAction)
            : Same(name, "failure_action"u8) ? OptionWords.TextOf(options.FailureAction)
            : Same(name, "cpus"u8) ? "all"u8
            : Same(name, "ip"u8) ? options.Ip.Address.Value == 0 ? "dhcp"u8 : "the address before it"u8
            : default;
        line.Add(number < 0 && word.Length == 0 ? "ignored"u8 : "used: "u8);
        if (number >= 0)
        {
            line.AddDecimal((ulong)number);
        }
        else
        {
            line.Add(word);
        }
        line.Add(")"u8);
    }

    private static void Complain<TConsole>(
        ref TConsole console,
        Status status,
        scoped ReadOnlySpan<byte> name,
        scoped ReadOnlySpan<byte> value,
        scoped ReadOnlySpan<byte> consequence)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = Begin(buffer, status, name, value);
        line.Add(consequence);
        line.Add(")"u8);
        ReportLine.Write(ref console, in line);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TextLine Begin(
        Span<byte> buffer, Status status, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        TextLine line = ReportLine.Begin(buffer, status);
        line.Add(name[..Math.Min(name.Length, 64)]);
        line.Add("="u8);
        line.Add(value[..Math.Min(value.Length, 96)]);
        line.Add(" ("u8);
        return line;
    }
}
