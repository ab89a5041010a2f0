using System.Globalization;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Config;

/// <summary>Free space to keep on a file system: bytes, or a part of it.</summary>
/// <param name="Bytes">Bytes; 0 if <paramref name="Percent"/> says it.</param>
/// <param name="Percent">Per cent of the file system's size, 0 to 99.</param>
public readonly record struct FreeSpace(long Bytes, int Percent)
{
    /// <summary>Bytes to keep on a file system of a size.</summary>
    public long Of(long totalBytes) => Percent == 0 ? Bytes : totalBytes / 100 * Percent;

    /// <summary>Parses "0", "2G", "10%".</summary>
    public static bool TryParse(string text, out FreeSpace space)
    {
        space = default;
        if (text == "0")
        {
            return true;
        }
        if (!text.EndsWith('%'))
        {
            bool isSize = ByteSize.TryParse(text, out long bytes);
            space = new FreeSpace(bytes, 0);
            return isSize;
        }
        bool isNumber = int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int percent);
        space = new FreeSpace(0, percent);
        return isNumber && percent is > 0 and < 100;
    }
}
