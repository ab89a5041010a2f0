using System;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace CosmosKdump.CommandLine;

/// <summary>Options whose values are words, in any case; the first word is the default.</summary>
public static class WordOption
{
    /// <summary>Makes an option of the words of an enumeration.</summary>
    public static Option<T> Of<T>(string name, string description)
        where T : struct, Enum
    {
        string[] words = Enum.GetNames<T>();
        return new Option<T>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => default,
            CustomParser = result => Enum.Parse<T>(Parse(result, name, words)),
        };
    }

    /// <summary>Makes an option of given words.</summary>
    public static Option<string> Of(string name, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        DefaultValueFactory = _ => words[0],
        CustomParser = result => Parse(result, name, words),
    };

    private static string Parse(ArgumentResult result, string name, string[] words)
    {
        string given = result.Tokens[0].Value;
        int index = Array.FindIndex(words, word => word.Equals(given, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            result.AddError($"{name}: '{given}' is none of {string.Join(", ", words)}");
        }
        return words[Math.Max(index, 0)];
    }
}
