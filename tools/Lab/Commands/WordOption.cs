using System;
using System.CommandLine;

namespace CosmosKdump.Lab.Commands;

/// <summary>Options whose values are the words of an enumeration, in any case; the first word is the default.</summary>
public static class WordOption
{
    /// <summary>Makes an option.</summary>
    public static Option<T> Of<T>(string name, string description)
        where T : struct, Enum
    {
        string[] words = Enum.GetNames<T>();
        return new Option<T>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => default,
            CustomParser = result =>
            {
                string given = result.Tokens[0].Value;
                int index = Array.FindIndex(words, word => word.Equals(given, StringComparison.OrdinalIgnoreCase));
                if (index < 0)
                {
                    result.AddError($"{name}: '{given}' is none of {string.Join(", ", words)}");
                    return default;
                }
                return Enum.Parse<T>(words[index]);
            },
        };
    }
}
