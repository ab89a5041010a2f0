using System.Globalization;

namespace CosmosKdump.Ckdump.Cli;

/// <summary>Sizes as people write them: binary units, as kdump and QEMU use them.</summary>
public static class ByteSize
{
    private const string Units = "KMGTPE";

    /// <summary>Parses "4096", "512M", "8G", "1.5T" (K, M, G, T: powers of 1024; an "iB" or "B" may follow).</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        string number = text.Trim();
        string upper = number.ToUpperInvariant();
        string bare = upper.EndsWith("IB", System.StringComparison.Ordinal) ? upper[..^2] : upper.TrimEnd('B');
        int unit = bare.Length == 0 ? -1 : Units.IndexOf(bare[^1]);
        string digits = unit < 0 ? bare : bare[..^1];
        bool isNumber = decimal.TryParse(
            digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value);
        if (!isNumber || value <= 0)
        {
            return false;
        }
        decimal scale = 1L << (10 * (unit + 1));
        if (value > long.MaxValue / scale)
        {
            return false;
        }
        bytes = (long)(value * scale);
        return bytes > 0;
    }

    /// <summary>Writes a size with one decimal: "8.0 GiB".</summary>
    public static string Format(long bytes)
    {
        if (bytes < 1024)
        {
            return $"{bytes} B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}iB");
    }
}
