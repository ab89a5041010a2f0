using System.Collections.Generic;
using System.IO;
using System.Text;
using CosmosKdump.Analyzer.Log;

namespace CosmosKdump.Ckdump.Inspect;

/// <summary>A kernel log as JSON.</summary>
internal static class LogJson
{
    private const uint CallerIsCpu = 1U << 31;

    /// <summary>Writes all records; what was damaged is known only after them.</summary>
    public static void Write(TextWriter output, string file, IEnumerable<LogRecord> records, LogDamage damage) =>
        JsonOutput.Write(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteStartArray("records");
            foreach (LogRecord record in records)
            {
                json.WriteStartObject();
                json.WriteNumber("sequence", record.Sequence);
                json.WriteNumber("nanoseconds", record.Nanoseconds);
                json.WriteString("level", LogLevels.Names[record.Level]);
                json.WriteNumber("facility", record.Facility);
                if (record.Caller is uint caller)
                {
                    json.WriteNumber((caller & CallerIsCpu) != 0 ? "cpu" : "thread", caller & ~CallerIsCpu);
                }
                json.WriteString("text", Encoding.UTF8.GetString(record.Text));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("damaged", damage.Count);
            json.WriteText("damage", damage.First);
            json.WriteEndObject();
        });
}
