using System;
using System.CommandLine;
using CosmosKdump.Lab.Build;
using CosmosKdump.Lab.Packaging;

namespace CosmosKdump.Lab.Commands;

/// <summary><c>deb</c>: builds the Debian package.</summary>
public static class DebCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Command command = new("deb", "Build artifacts/ckdump_VERSION_amd64.deb, for machines without .NET");
        command.SetAction(_ =>
        {
            Progress progress = new();
            SolutionBuild.Run(progress);
            Console.WriteLine(DebianArchive.Build(progress));
        });
        return command;
    }
}
