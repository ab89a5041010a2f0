using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Machine;

namespace CosmosKdump.Ckdump.Load;

/// <summary>Loads a capture kernel: by kexec-tools, which saves low memory, or else by the kernel's own call.</summary>
public static class Kexec
{
    private static readonly string[] Programs = ["/usr/sbin/kexec", "/sbin/kexec"];
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Loads; returns by what. A <see cref="ToolException"/> says why neither worked, and what to do about it.
    /// </summary>
    public static string Load(CaptureImage image, string? initrd, string commandLine, MachineFacts machine)
    {
        string? program = Programs.FirstOrDefault(File.Exists);
        string said = program is null ? "kexec-tools is not installed" : RunProgram(program, image.Path, initrd, commandLine);
        if (said.Length == 0)
        {
            return "kexec-tools";
        }
        int error = KexecFileLoad.Load(image.Path, initrd, commandLine);
        return error == 0
            ? "kexec_file_load"
            : throw new ToolException(image.Path, LoadFailure.Explain(said, error, Text(error), machine));
    }

    /// <summary>Unloads whatever is loaded for a crash.</summary>
    public static void Unload()
    {
        int error = KexecFileLoad.Unload();
        string? program = Programs.FirstOrDefault(File.Exists);
        if (error == KexecFileLoad.NoCall && program is not null)
        {
            string said = RunProgram(program, "-u");
            if (said.Length != 0)
            {
                throw new ToolException(program, said);
            }
        }
        else if (error != 0)
        {
            throw new ToolException($"cannot unload the capture kernel: {Text(error)}");
        }
    }

    private static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);

    private static string RunProgram(string program, string image, string? initrd, string commandLine)
    {
        List<string> arguments = [image, "--command-line=" + commandLine];
        if (initrd is not null)
        {
            arguments.Add("--initrd=" + initrd);
        }
        return RunProgram(program, [.. arguments]);
    }

    /// <summary>Runs kexec -p; returns what is wrong in one line, or nothing.</summary>
    private static string RunProgram(string program, params string[] arguments) =>
        BoundedProgram.Run(program, ["-p", .. arguments], Limit);
}
