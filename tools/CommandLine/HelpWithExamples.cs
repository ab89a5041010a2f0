using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;

namespace CosmosKdump.CommandLine;

/// <summary>The standard help, followed by the command's examples.</summary>
public sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private static readonly ConditionalWeakTable<Command, string[]> Table = [];

    private readonly HelpAction _standard;

    private HelpWithExamples(HelpAction standard)
    {
        _standard = standard;
    }

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Gives the top command (and with it every command below) this help, and its own examples.</summary>
    public static void Install(Command top, params string[] examples)
    {
        HelpOption help = top.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        Set(top, examples);
    }

    /// <summary>Sets the examples of a command, one line each.</summary>
    public static void Set(Command command, params string[] examples) => Table.AddOrUpdate(command, examples);

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = _standard.Invoke(parseResult);
        if (Table.TryGetValue(parseResult.CommandResult.Command, out string[]? examples))
        {
            Write(parseResult.InvocationConfiguration.Output, examples);
        }
        return code;
    }

    private static void Write(TextWriter output, IEnumerable<string> examples)
    {
        output.WriteLine("Examples:");
        foreach (string example in examples)
        {
            output.WriteLine("  " + example);
        }
        output.WriteLine();
    }
}
