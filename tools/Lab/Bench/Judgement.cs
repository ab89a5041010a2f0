using System;
using System.Globalization;

namespace CosmosKdump.Lab.Bench;

/// <summary>Makes verdicts out of figures.</summary>
public static class Judgement
{
    /// <summary>What stands in the place of a figure that is missing.</summary>
    public const string NotMeasured = "not measured";

    /// <summary>A figure that is no number was not measured, and what was not measured is not kept.</summary>
    public static Target Of(string name, string wanted, double figure, string text, bool isMet)
    {
        bool isMeasured = double.IsFinite(figure);
        return new(
            name, wanted, isMeasured ? text : NotMeasured, isMeasured && isMet ? Verdict.Kept : Verdict.NotKept);
    }

    /// <summary>A ratio that is to be at least as large as wanted.</summary>
    public static Target AtLeast(string name, double wanted, double? ratio) => Of(
        name, Text($"at least {wanted:F0} times stock"), ratio ?? double.NaN, Text($"{ratio:F1} times"), ratio >= wanted);

    /// <summary>Text that does not depend on the host's language.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
