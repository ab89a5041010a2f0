using System.CommandLine;
using CosmosKdump.Lab.Demo;

namespace CosmosKdump.Lab.Commands;

/// <summary><c>demo</c>: the whole story in one command.</summary>
public static class DemoCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Command command = new("demo", "Set up, build, crash a real Linux in QEMU, capture it, and show the result");
        command.SetAction(_ => DemoRun.Run(new Progress()));
        return command;
    }
}
