using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;

namespace CosmosKdump.Lab.Bench.Report;

/// <summary>A table of a report, with how its figures were measured.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Method">How the figures were measured.</param>
/// <param name="Columns">Column headings; the first column names the row.</param>
/// <param name="Rows">The rows.</param>
public sealed record Table(string Title, string Method, string[] Columns, List<string[]> Rows)
{
    /// <summary>Its cells are words, not figures: they begin at the left.</summary>
    public bool IsText { get; init; }

    /// <summary>The table in Markdown.</summary>
    public string ToMarkdown()
    {
        StringBuilder text = new($"## {Title}\n\n");
        AddRow(text, Columns);
        AddRow(text, Columns.Select((_, i) => i == 0 || IsText ? "---" : "---:"));
        foreach (string[] row in Rows)
        {
            AddRow(text, row);
        }
        return text.Append($"\n{Method}\n").ToString();
    }

    /// <summary>The table in HTML.</summary>
    public string ToHtml()
    {
        string kind = IsText ? " class=\"text\"" : "";
        StringBuilder text = new($"<h2>{Escape(Title)}</h2>\n<div class=\"wide\"><table{kind}>\n<tr>");
        text.AppendJoin("", Columns.Select(column => $"<th>{Escape(column)}</th>")).Append("</tr>\n");
        foreach (string[] row in Rows)
        {
            text.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Escape(cell)}</td>")).Append("</tr>\n");
        }
        return text.Append($"</table></div>\n<p class=\"method\">{Escape(Method)}</p>\n").ToString();
    }

    private static void AddRow(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
