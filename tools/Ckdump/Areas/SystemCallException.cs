using System.IO;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>An error of a call of Linux; unlike .NET's own, its message begins with the path.</summary>
public sealed class SystemCallException(string path, string what) : IOException($"{path}: {what}");
