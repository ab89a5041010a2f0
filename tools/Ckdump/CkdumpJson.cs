using System.Text.Json.Serialization;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using CosmosKdump.Ckdump.Saved;
using CosmosKdump.Ckdump.Readiness;

namespace CosmosKdump.Ckdump;

/// <summary>The documents that the command writes and reads as JSON, serialised without reflection.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LoadState))]
[JsonSerializable(typeof(SavedDump))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(Finding))]
internal sealed partial class CkdumpJson : JsonSerializerContext;
