using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Rules for files that commands read.</summary>
public static class InputFile
{
    /// <summary>What a path names, which is something, and no directory: a <see cref="ToolException"/> otherwise.</summary>
    public static FileKind RequireKind(string path) => Posix.KindOf(path, out _) switch
    {
        FileKind.Missing => throw new ToolException(path, "no such file or device"),
        FileKind.Directory => throw new ToolException(path, "is a directory"),
        FileKind kind => kind,
    };
}
