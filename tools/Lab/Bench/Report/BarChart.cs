using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;

namespace CosmosKdump.Lab.Bench.Report;

/// <summary>
/// A horizontal bar chart as inline SVG, with a logarithmic scale: the sides differ by orders of magnitude.
/// </summary>
/// <param name="Title">Its heading, with the unit.</param>
/// <param name="Bars">Bars from top to bottom: name, value above zero, and whether it is ours.</param>
public sealed record BarChart(string Title, List<(string Name, double Value, bool IsOurs)> Bars)
{
    private const int Width = 720;
    private const int NameWidth = 230;
    private const int ValueWidth = 90;
    private const int RowHeight = 26;
    private const int TitleHeight = 30;

    /// <summary>The chart; empty if there is nothing to show.</summary>
    public string ToSvg()
    {
        var bars = Bars.Where(bar => double.IsFinite(bar.Value) && bar.Value > 0).ToArray();
        if (bars.Length == 0)
        {
            return "";
        }
        double low = Math.Pow(10, Math.Floor(Math.Log10(bars.Min(bar => bar.Value))));
        double high = Math.Pow(10, Math.Ceiling(Math.Log10(bars.Max(bar => bar.Value)) + 1e-9));
        double perDecade = (Width - NameWidth - ValueWidth) / Math.Log10(high / low);
        int height = TitleHeight + (bars.Length * RowHeight) + 24;
        StringBuilder svg = new();
        svg.Append($"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\">\n");
        Text(svg, 0, 18, "title", Title);
        for (double mark = low; mark <= high * 1.001; mark *= 10)
        {
            double x = NameWidth + (Math.Log10(mark / low) * perDecade);
            svg.Append(Invariant($"<line x1=\"{x:F1}\" x2=\"{x:F1}\" y1=\"{TitleHeight}\""))
                .Append($" y2=\"{height - 20}\"/>\n");
            Text(svg, x, height - 6, "mark", Label(mark));
        }
        for (int i = 0; i < bars.Length; i++)
        {
            int y = TitleHeight + (i * RowHeight);
            double length = Math.Max(2, Math.Log10(bars[i].Value / low) * perDecade);
            string kind = bars[i].IsOurs ? "ours" : "stock";
            Text(svg, 0, y + 17, "name", bars[i].Name);
            svg.Append(Invariant($"<rect class=\"{kind}\" x=\"{NameWidth}\" y=\"{y + 4}\" width=\"{length:F1}\""))
                .Append($" height=\"{RowHeight - 8}\"/>\n");
            Text(svg, NameWidth + length + 6, y + 17, "value", Label(bars[i].Value));
        }
        return svg.Append("</svg>\n").ToString();
    }

    // About three significant digits, never in scientific notation.
    private static string Label(double value) => value.ToString(
        value >= 100 ? "F0" : value >= 1 ? "0.##" : "0.####", CultureInfo.InvariantCulture);

    private static void Text(StringBuilder svg, double x, double y, string kind, string text) =>
        svg.Append(Invariant($"<text class=\"{kind}\" x=\"{x:F1}\" y=\"{y:F0}\">{WebUtility.HtmlEncode(text)}</text>\n"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
