using System;

namespace CosmosKdump.Lab.Bench;

/// <summary>A part of the bench that is ready to measure; it deletes what it made when it is disposed of.</summary>
public interface IBenchRounds : IDisposable
{
    /// <summary>Measures each of its cases once; <paramref name="round"/> counts from 1.</summary>
    void Measure(int round);
}
