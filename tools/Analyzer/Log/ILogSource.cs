using System.Collections.Generic;

namespace CosmosKdump.Analyzer.Log;

/// <summary>A form in which a kernel keeps its log.</summary>
internal interface ILogSource
{
    /// <summary>The records from the oldest to the newest; bounded, and damage is noted instead of thrown.</summary>
    IEnumerable<LogRecord> Read(LogDamage damage);
}
