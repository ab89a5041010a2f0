using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Linq;

namespace CosmosKdump.CommandLine;

/// <summary>
/// What is wrong with a command line. The parser takes an option that it does not know for an argument, and blames what
/// follows it: this looks at what was meant.
/// </summary>
public static class CommandLineError
{
    /// <summary>
    /// What is wrong, and which help of the program tells more, or null; asking for help is never wrong.
    /// </summary>
    public static string? Find(ParseResult parsed, IReadOnlyList<string> args, string program)
    {
        if (parsed.Action is HelpAction or HelpWithExamples || What(parsed, args) is not string what)
        {
            return null;
        }
        string command = IsTop(parsed) ? "" : $" {parsed.CommandResult.Command.Name}";
        return $"{what.ReplaceLineEndings(" ")} (see {program}{command} --help)";
    }

    private static string? What(ParseResult parsed, IReadOnlyList<string> args) =>
        UnknownOption(parsed, args) is string option ? $"unknown option: {option}"
        : parsed.Errors.Count == 0 ? null
        : IsTop(parsed) ? Top(parsed)
        : Missing(parsed) ?? parsed.Errors[0].Message.TrimEnd('.');

    private static bool IsTop(ParseResult parsed) => parsed.CommandResult.Command == parsed.RootCommandResult.Command;

    private static string Top(ParseResult parsed) => parsed.UnmatchedTokens.Count > 0
        ? $"unknown command: {parsed.UnmatchedTokens[0]}"
        : $"a command is missing: {string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(c => c.Name))}";

    private static string? Missing(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] names =
        [
            .. command.Arguments
                .Where(argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument)?.Tokens.Count is null or 0)
                .Select(argument => argument.Name),
            .. command.Options
                .Where(option => option.Required && parsed.GetResult(option) is null or { Implicit: true })
                .Select(option => $"{option.Name} {option.HelpName}"),
        ];
        string verb = names.Length == 1 ? "is" : "are";
        return names.Length == 0 ? null : $"{command.Name}: {string.Join(" and ", names)} {verb} missing";
    }

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
