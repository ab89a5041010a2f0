using System.Globalization;
using System.Text;

namespace CosmosKdump.Analyzer.Log;

/// <summary>
/// Records as text, byte for byte as <c>makedumpfile --dump-dmesg</c> writes them: further lines are indented by the
/// width of the prefix, and bytes that are not printable ASCII come as escapes.
/// </summary>
public static class LogText
{
    // Width of the column and the mark of a CPU: print_caller in kernel/printk/printk.c.
    private const int CallerWidth = 8;
    private const uint CallerIsCpu = 1U << 31;

    /// <summary>The prefix <c>[   12.345678] </c>.</summary>
    public static string TimePrefix(ulong nanoseconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"[{nanoseconds / 1_000_000_000,5}.{nanoseconds % 1_000_000_000 / 1000:D6}] ");

    /// <summary>The prefix <c>[    T123] </c> or <c>[      C1] </c>.</summary>
    public static string CallerPrefix(uint caller)
    {
        string name = (caller & CallerIsCpu) != 0 ? $"C{caller & ~CallerIsCpu}" : $"T{caller}";
        return $"[{name,CallerWidth}] ";
    }

    /// <summary>Appends the lines of a record behind a prefix.</summary>
    public static void Append(StringBuilder output, string prefix, byte[] text)
    {
        output.Append(prefix);
        foreach (byte b in text)
        {
            switch (b)
            {
                case (byte)'\n':
                    output.Append('\n').Append(' ', prefix.Length);
                    break;
                case >= 0x20 and <= 0x7E or (>= (byte)'\t' and <= (byte)'\r'):
                    output.Append((char)b);
                    break;
                default:
                    // makedumpfile prints a signed char by %02x: bytes from 0x80 come as 32-bit negative numbers.
                    output.Append("\\x").Append(((uint)(sbyte)b).ToString("x2", CultureInfo.InvariantCulture));
                    break;
            }
        }
        output.Append('\n');
    }
}
