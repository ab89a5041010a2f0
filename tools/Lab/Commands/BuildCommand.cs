using System;
using System.CommandLine;
using CosmosKdump.Lab.Build;

namespace CosmosKdump.Lab.Commands;

/// <summary><c>build</c>: builds into <c>artifacts/</c>.</summary>
public static class BuildCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Command command = new("build", "Build everything into artifacts/");
        command.SetAction(_ =>
        {
            SolutionBuild.Run(new Progress());
            foreach (string product in SolutionBuild.Products(Repository.Artifacts))
            {
                Console.WriteLine(product);
            }
        });
        return command;
    }
}
