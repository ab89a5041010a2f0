using System.CommandLine;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Readiness;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump status</c>: whether a crash now would be captured.</summary>
public static class StatusCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> config = ConfigOption.Create();
        var image = new Option<string?>("--image") { Description = "Image of the capture kernel", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Write the answer as JSON" };
        var command = new Command(
            "status",
            "Tells whether a crash now would be captured: what is loaded, the targets, the last dumps, what is wrong and "
            + "what to do. Exit code 0 if it would be, 1 if not. Without root, dump areas on disks are not seen.")
        {
            config, image, json,
        };
        HelpWithExamples.Set(command,
            "ckdump status",
            "ckdump status --json | jq -r '.findings[].what'");
        command.SetAction(parsed =>
        {
            StatusDocument status = new StatusSurvey(ThisMachine.Root, ThisMachine.Resolver())
                .Collect(ConfigOption.Read(parsed, config), parsed.GetValue(image));
            if (parsed.GetValue(json))
            {
                parsed.InvocationConfiguration.Output.WriteLine(ReadinessJson.Of(status));
            }
            else
            {
                ReadinessText.Write(parsed.InvocationConfiguration.Output, status);
            }
            return status.IsReady ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }
}
