using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.ImageCheck.Symbols;

namespace CosmosKdump.ImageCheck;

/// <summary>Tells what was found, a line per finding, or one line of figures when all is well.</summary>
public static class CheckReport
{
    // A wrong compiler option makes thousands of findings of one kind; the first few tell as much.
    private const int FindingsPerKind = 20;

    /// <summary>Writes the findings; returns the exit code, 0 or 1.</summary>
    public static int Write(CheckSubject subject, TextWriter output, TextWriter errors)
    {
        foreach (IGrouping<FindingKind, Finding> kind in subject.Findings.GroupBy(f => f.Kind))
        {
            foreach (Finding finding in kind.Take(FindingsPerKind))
            {
                errors.WriteLine($"error: {finding}");
            }
            int more = kind.Count() - FindingsPerKind;
            if (more > 0)
            {
                errors.WriteLine($"error: {kind.Key}: {more} more");
            }
        }
        if (subject.Findings.Count != 0)
        {
            return 1;
        }
        output.WriteLine(Summary(subject));
        return 0;
    }

    /// <summary>One line: sizes of the larger image, unpacked, in memory and of its sections, limit, instructions.</summary>
    public static string Summary(CheckSubject subject)
    {
        ElfImage elf = subject.Elf;
        string sections = string.Join(
            ", ", elf.Sections.Where(s => s.IsAllocated && s.SizeBytes != 0).Select(s => $"{s.Name} {s.SizeBytes}"));
        ImageFile?[] images = [subject.Shipped?.File, subject.BzImage];
        ImageFile? largest = images.MaxBy(i => i?.LengthBytes ?? 0);
        long unpacked = elf.Loads.Sum(s => (long)s.FileBytes);
        long size = largest?.LengthBytes ?? unpacked;
        string name = Path.GetFileName(largest?.Name ?? elf.File.Name);
        string limit = subject.LimitBytes is long most && most > 0
            ? string.Create(CultureInfo.InvariantCulture, $" of {most} ({100.0 * size / most:f0} %)")
            : "";
        return $"{name}: {size} bytes{limit}, {unpacked} unpacked, {elf.End - elf.Start} in memory ({sections}); "
            + $"{subject.InstructionCount} instructions in {CodeSymbol.Of(elf).Count} functions checked";
    }
}
