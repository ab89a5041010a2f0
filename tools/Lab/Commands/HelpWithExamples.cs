using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;

namespace CosmosKdump.Lab.Commands;

/// <summary>The standard help of a command, followed by examples.</summary>
public sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _standard;
    private readonly string[] _examples;

    private HelpWithExamples(HelpAction standard, string[] examples)
    {
        _standard = standard;
        _examples = examples;
    }

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Gives a command this help, with its examples, one line each.</summary>
    public static void Add(Command command, params string[] examples)
    {
        HelpOption help = new();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
        command.Add(help);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = _standard.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in _examples)
        {
            output.WriteLine("  " + example);
        }
        output.WriteLine();
        return code;
    }
}
