using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace CosmosKdump.CommandLine;

/// <summary>Options whose values are whole numbers of a range, which an error names.</summary>
public static class NumberOption
{
    /// <summary>Makes an option that has a default.</summary>
    public static Option<int> Of(string name, string description, int standard, int lowest, int highest = int.MaxValue) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => standard,
            CustomParser = result => Parse(result, name, lowest, highest),
        };

    /// <summary>Makes an option whose value is null where it is not given.</summary>
    public static Option<int?> Optional(string name, string description, int lowest, int highest = int.MaxValue) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Parse(result, name, lowest, highest),
        };

    private static int Parse(ArgumentResult result, string name, int lowest, int highest)
    {
        string given = result.Tokens[0].Value;
        bool isNumber = int.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value);
        if (isNumber && value >= lowest && value <= highest)
        {
            return value;
        }
        string range = highest == int.MaxValue ? $"of {lowest} or more" : $"from {lowest} to {highest}";
        result.AddError($"{name}: '{given}' is not a number {range}");
        return lowest;
    }
}
