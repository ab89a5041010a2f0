using System;
using System.Collections.Generic;

namespace CosmosKdump.Lab.Bench;

/// <summary>Takes measurements one after the other; one that fails is noted and does not end the bench.</summary>
public sealed class Measurements(BenchResult result, Progress progress)
{
    /// <summary>What was measured so far.</summary>
    public BenchResult Result => result;

    /// <summary>Where it is told.</summary>
    public Progress Progress => progress;

    /// <summary>Takes one, and tells of it by the line that it returns; false if it failed.</summary>
    public bool Take(string what, Func<string> measure)
    {
        progress.Begin(what);
        try
        {
            progress.Done(measure());
            return true;
        }
        catch (LabException error)
        {
            string why = error.Message.Split('\n')[0];
            result.Failures.Add(new BenchFailure(what, why));
            progress.Done($"failed: {why}");
            return false;
        }
    }

    /// <summary>Gets a part ready; the parts that could not be got ready are noted as failures.</summary>
    public void Add(List<IBenchRounds> parts, string what, Func<IBenchRounds> make)
    {
        try
        {
            parts.Add(make());
        }
        catch (LabException error)
        {
            result.Failures.Add(new BenchFailure(what, error.Message.Split('\n')[0]));
            progress.Say($"{what}: failed: {error.Message}");
        }
    }
}
