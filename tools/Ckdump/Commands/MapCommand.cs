using System;
using System.CommandLine;
using System.IO;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Extents;
using CosmosKdump.CommandLine;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump map</c>: writes the extent map of a file that is a dump area, for kexec by hand.</summary>
public static class MapCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("FILE") { Description = "File that ckdump prepare --file made" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to make",
            HelpName = "MAP",
            Required = true,
        };
        var command = new Command(
            "map",
            "Writes where a dump area that is a file lies on its disk: the capture kernel takes this map as its initrd. "
            + "Checks on the disk that the file is there.")
        {
            path, output,
        };
        HelpWithExamples.Set(command,
            "ckdump map /var/crash/area -o /run/area.map",
            "kexec -p kdump.bzimage --initrd=/run/area.map --command-line=kdump.target=disk  # loads it by hand");
        command.SetAction(parsed =>
        {
            byte[] map = AreaMap.Build(parsed.GetRequiredValue(path));
            string target = parsed.GetRequiredValue(output);
            OutputFile.RequireMissing(target);
            using SafeFileHandle file = Posix.Create(target);
            RandomAccess.Write(file, map, 0);
            return ExitCode.Ok;
        });
        return command;
    }
}
