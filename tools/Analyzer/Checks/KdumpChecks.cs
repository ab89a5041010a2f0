using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;

namespace CosmosKdump.Analyzer.Checks;

/// <summary>Whether a kdump-compressed dump can be true: headers, bitmaps, descriptors, and every page accounted for.</summary>
internal static class KdumpChecks
{
    /// <summary>All checks of the structure.</summary>
    public static IEnumerable<CheckResult> Run(KdumpVmcore vmcore)
    {
        yield return Headers(vmcore);
        yield return FileLength(vmcore);
        BitmapCounts counts = BitmapCounts.Of(vmcore);
        yield return Bitmaps(vmcore, counts);
        DescriptorSurvey survey = DescriptorSurvey.Of(vmcore);
        yield return Descriptors(survey);
        yield return survey.Overlap is FileProblem overlap
            ? new CheckResult("places in file", false, overlap.What, overlap.OffsetBytes)
            : CheckResult.Ok("places in file", $"{survey.StoredBytes} bytes of pages, {survey.Shared} pages share theirs");
        yield return Pages(vmcore, counts, survey);
    }

    private static CheckResult Headers(KdumpVmcore vmcore)
    {
        const string Name = "kdump headers";
        KdumpHeader header = vmcore.Header;
        string what = $"version {header.Version}, dump level {header.DumpLevel}, {PageDecoder.Name(header.Flags)}";
        KdumpFlags known = KdumpFlags.Compressors | KdumpFlags.Incomplete | KdumpFlags.ExcludedVmemmap;
        ulong sub = Capture.Limits.PageBytes;
        ulong length = vmcore.LengthBytes;
        return header.DumpLevel is < 0 or > 31 ? CheckResult.Failed(Name, $"{what}: levels are 0 to 31", sub + 8)
            : (header.Flags & ~known) != 0 ? CheckResult.Failed(Name, $"{what}: status 0x{(uint)header.Flags:x}", 424)
            : header.CpuCount <= 0 ? CheckResult.Failed(Name, $"{what}: {header.CpuCount} CPUs", 460)
            : header.Machine is not ("x86_64" or "") ? CheckResult.Failed(Name, $"{what}: machine {header.Machine}", 12)
            : !header.Info.IsWithin(length) ? CheckResult.Failed(Name, $"{what}: VMCOREINFO lies past the end", sub + 32)
            : !header.Notes.IsWithin(length) ? CheckResult.Failed(Name, $"{what}: notes lie past the end", sub + 48)
            : header.Notes.IsPresent && header.Info.IsPresent && header.Version >= 4 && !IsInNotes(header)
                ? CheckResult.Failed(Name, $"{what}: VMCOREINFO lies outside the notes", sub + 32)
            : !header.EraseInfo.IsWithin(length)
                ? CheckResult.Failed(Name, $"{what}: the erase information lies past the end", sub + 64)
            : CheckResult.Ok(Name, what);
    }

    private static bool IsInNotes(KdumpHeader header) =>
        header.Info.OffsetBytes >= header.Notes.OffsetBytes
        && header.Info.OffsetBytes - header.Notes.OffsetBytes <= header.Notes.LengthBytes
        && header.Info.LengthBytes <= header.Notes.LengthBytes - (header.Info.OffsetBytes - header.Notes.OffsetBytes);

    private static CheckResult FileLength(KdumpVmcore vmcore)
    {
        const string Name = "file length";
        string what = $"{vmcore.LengthBytes} bytes";
        return vmcore.Bytes.Problem is FileProblem problem ? new CheckResult(Name, false, problem.What, problem.OffsetBytes)
            : vmcore.DataOffset > vmcore.LengthBytes
                ? CheckResult.Failed(Name, $"{what}, the page descriptors alone end at {vmcore.DataOffset}", vmcore.LengthBytes)
            : vmcore.NeededBytes > vmcore.LengthBytes
                ? CheckResult.Failed(
                    Name, $"ends at {vmcore.LengthBytes}, {vmcore.NeededBytes - vmcore.LengthBytes} bytes of pages are missing",
                    vmcore.LengthBytes)
            : CheckResult.Ok(Name, $"{what}, {vmcore.NeededBytes} needed");
    }

    private static CheckResult Bitmaps(KdumpVmcore vmcore, BitmapCounts counts)
    {
        const string Name = "bitmaps";
        KdumpHeader header = vmcore.Header;
        string what = $"{counts.KeptPages} of {counts.MemoryPages} pages kept, up to page {header.PageCount}";
        return counts.KeptNowhere != 0
            ? CheckResult.Failed(Name,
                $"{what}; {counts.KeptNowhere} kept where there is no memory, the first is page {counts.FirstNowhere}",
                header.KeptBitmapOffset + (counts.FirstNowhere / 8))
            : counts.BehindEnd != 0
                ? CheckResult.Failed(Name, $"{what}; {counts.BehindEnd} bits behind the last page",
                    header.BitmapOffset + (header.PageCount / 8))
            : counts.MemoryPages == 0 ? CheckResult.Failed(Name, "no memory", header.BitmapOffset)
            : CheckResult.Ok(Name, what);
    }

    private static CheckResult Descriptors(DescriptorSurvey survey)
    {
        const string Name = "page descriptors";
        string kinds = string.Join(", ", survey.Compressed.OrderBy(kind => kind.Key)
            .Select(kind => $"{kind.Value} {(kind.Key == KdumpFlags.None ? "uncompressed" : PageDecoder.Name(kind.Key))}"));
        return survey.First is FileProblem problem
            ? new CheckResult(Name, false, $"{survey.Bad} cannot be true, the first: {problem.What}", problem.OffsetBytes)
            : CheckResult.Ok(Name, kinds.Length == 0 ? "none" : kinds);
    }

    private static CheckResult Pages(KdumpVmcore vmcore, BitmapCounts counts, DescriptorSurvey survey)
    {
        const string Name = "pages";
        ulong readable = survey.Readable;
        string what = $"{counts.MemoryPages} of memory: {readable} in the dump, {counts.ExcludedPages} excluded";
        string split = vmcore.Header.IsSplit ? $", {counts.KeptPages - vmcore.KeptPages} in other files of the split dump" : "";
        ulong lost = survey.Missing + survey.PastEnd + survey.Bad;
        return lost == 0 && vmcore.IsIncomplete
                ? CheckResult.Failed(Name, $"{what}{split}; the header says that the dump is incomplete", 424)
            : lost == 0 ? CheckResult.Ok(Name, what + split)
            : CheckResult.Failed(Name,
                $"{what}{split}, {lost} missing: {survey.Missing} not written, {survey.PastEnd} past the end of the file"
                + (survey.Bad == 0 ? "" : $", {survey.Bad} with a bad descriptor"), vmcore.LengthBytes);
    }
}
