using System;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CosmosKdump.Ckdump.Inspect;

/// <summary>Writes one JSON document as a command's output.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes what <paramref name="fill"/> puts into the document.</summary>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> fill)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Options))
        {
            fill(json);
        }
        output.WriteLine(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }

    /// <summary>Writes an address as text, since a JSON number loses its low bits.</summary>
    public static void WriteHex(this Utf8JsonWriter json, string name, ulong value) =>
        json.WriteString(name, $"0x{value:x}");

    /// <summary>Writes a number, or null.</summary>
    public static void WriteCount(this Utf8JsonWriter json, string name, long? value)
    {
        if (value is long number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>Writes text, or null.</summary>
    public static void WriteText(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, value);
        }
    }
}
