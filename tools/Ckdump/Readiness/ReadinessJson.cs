using System.Text.Json;

namespace CosmosKdump.Ckdump.Readiness;

/// <summary>The answer of <c>ckdump status --json</c>.</summary>
public static class ReadinessJson
{
    /// <summary>The document.</summary>
    public static string Of(StatusDocument status) => JsonSerializer.Serialize(status, CkdumpJson.Default.StatusDocument);
}
