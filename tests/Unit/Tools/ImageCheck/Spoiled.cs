using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.ImageCheck;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

/// <summary>Runs all checks on a tiny image that a test has spoiled.</summary>
internal static class Spoiled
{
    /// <summary>What the checks find in the ELF image alone.</summary>
    public static IReadOnlyList<Finding> Elf(Action<TinyImage> spoil, CpuPolicy? policy = null, long? limit = null)
    {
        var image = new TinyImage();
        spoil(image);
        return ImageChecker.Run(new CheckSubject(image.Elf(), policy ?? new CpuPolicy()) { LimitBytes = limit });
    }

    /// <summary>What the checks find in both images, with the bzImage spoiled.</summary>
    public static IReadOnlyList<Finding> BzImage(Action<byte[]> spoil, long? limit = null)
    {
        var image = new TinyImage();
        byte[] bytes = image.BzImageBytes();
        spoil(bytes);
        return ImageChecker.Run(new CheckSubject(image.Elf(), new CpuPolicy())
        {
            BzImage = new ImageFile("kdump.bzimage", bytes), LimitBytes = limit,
        });
    }

    /// <summary>Expects exactly one finding, of a kind, whose line holds a text; returns it.</summary>
    public static Finding Only(IReadOnlyList<Finding> findings, FindingKind kind, string text)
    {
        Finding finding = Assert.Single(findings);
        Assert.Equal(kind, finding.Kind);
        Assert.Contains(text, finding.ToString());
        return finding;
    }

    /// <summary>Expects at least one finding of a kind whose line holds a text.</summary>
    public static void Some(IReadOnlyList<Finding> findings, FindingKind kind, string text) =>
        Assert.True(
            findings.Any(f => f.Kind == kind && f.ToString().Contains(text, StringComparison.Ordinal)),
            $"no {kind} with '{text}' among: {string.Join("; ", findings)}");
}
