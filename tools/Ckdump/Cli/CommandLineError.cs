using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;

namespace CosmosKdump.Ckdump.Cli;

/// <summary>
/// What is wrong with a command line. The parser takes an option that it does not know for an argument, and blames what
/// follows it: this looks at what was meant.
/// </summary>
internal static class CommandLineError
{
    /// <summary>What is wrong, without a full stop, or null.</summary>
    public static string? Find(ParseResult parsed, IReadOnlyList<string> args) =>
        UnknownOption(parsed, args) is string option ? $"unknown option: {option}"
        : parsed.Errors.Count == 0 ? null
        : parsed.CommandResult.Command is RootCommand && parsed.UnmatchedTokens.Count > 0
            ? $"unknown command: {parsed.UnmatchedTokens[0]}"
        : parsed.Errors[0].Message.TrimEnd('.');

    // "-" is stdin, and behind "--" a file may be named like an option.
    private static string? UnknownOption(ParseResult parsed, IReadOnlyList<string> args)
    {
        IEnumerable<string> arguments = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens).Select(token => token.Value);
        HashSet<string> taken = [.. parsed.UnmatchedTokens, .. arguments];
        return args.TakeWhile(arg => arg != "--")
            .FirstOrDefault(arg => arg.Length > 1 && arg.StartsWith('-') && taken.Contains(arg))?.Split('=')[0];
    }
}
