using System.CommandLine;
using CosmosKdump.Ckdump.Config;

namespace CosmosKdump.Ckdump.Commands;

/// <summary>The option <c>--config</c>, the same for every command that reads the configuration.</summary>
internal static class ConfigOption
{
    /// <summary>Makes it.</summary>
    public static Option<string?> Create() => new("--config", "-c")
    {
        Description = $"Configuration (default: {DumpConfig.DefaultFile})",
        HelpName = "FILE",
    };

    /// <summary>Reads the configuration that it names; without it, a missing file stands for the defaults.</summary>
    public static DumpConfig Read(ParseResult parsed, Option<string?> option)
    {
        string? named = parsed.GetValue(option);
        return ConfigReader.ReadFile(named ?? DumpConfig.DefaultFile, isAskedFor: named is not null);
    }
}
