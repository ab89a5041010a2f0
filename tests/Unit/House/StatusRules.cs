using System;
using System.Collections.Generic;
using System.Linq;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>Rules for the list of errors: each has its own number, name and text.</summary>
internal static class StatusRules
{
    /// <summary>Violations in a list of errors.</summary>
    public static IEnumerable<string> Of(IReadOnlyCollection<(string Name, int Number, string Text)> statuses)
    {
        foreach (IGrouping<int, (string Name, int Number, string Text)> group in
            statuses.GroupBy(s => s.Number).Where(g => g.Count() > 1))
        {
            yield return $"number {group.Key} is taken by {string.Join(" and ", group.Select(s => s.Name))}";
        }
        foreach (IGrouping<string, (string Name, int Number, string Text)> group in
            statuses.GroupBy(s => s.Text).Where(g => g.Count() > 1 && g.Key.Length != 0))
        {
            yield return $"'{group.Key}' is the text of {string.Join(" and ", group.Select(s => s.Name))}";
        }
        foreach ((string name, _, string text) in statuses)
        {
            if (text.Length == 0 || text == "unknown status")
            {
                yield return $"{name} has no text";
            }
            else if (text.EndsWith('.') || (char.IsUpper(text[0]) && (text.Length < 2 || !char.IsUpper(text[1]))))
            {
                yield return $"'{text}' ({name}) is not lower case without a full stop";
            }
            else if (text.Any(c => c is < ' ' or > '~'))
            {
                yield return $"'{text}' ({name}) is not ASCII";
            }
        }
    }

    /// <summary>Violations between the list and the tables of docs/errors.md: each error has its row, and each row its error.</summary>
    public static IEnumerable<string> OfTable(
        IReadOnlyCollection<(string Name, int Number, string Text)> statuses, string document)
    {
        Dictionary<int, string[]> rows = [];
        foreach (string line in document.Split('\n').Where(line => line.StartsWith("| E", StringComparison.Ordinal)))
        {
            string[] cells = [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
            bool isRow = cells is [['E', .. string digits], not "", not "", not ""] && int.TryParse(digits, out int number)
                && rows.TryAdd(number, cells);
            if (!isRow)
            {
                yield return $"not a row of its own with a code, a text, a meaning and what to do: {line}";
            }
        }
        foreach ((string name, int number, string text) in statuses.Where(s => s.Number != 0))
        {
            if (!rows.Remove(number, out string[]? cells))
            {
                yield return $"{name} (E{number}) has no row";
            }
            else if (cells[1] != text)
            {
                yield return $"{name} (E{number}) has the text '{text}', its row '{cells[1]}'";
            }
        }
        foreach (int number in rows.Keys)
        {
            yield return $"E{number} has a row and is no status";
        }
    }
}
