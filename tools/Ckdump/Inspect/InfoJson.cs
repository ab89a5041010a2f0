using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Areas;

namespace CosmosKdump.Ckdump.Inspect;

/// <summary>Facts of a vmcore as JSON, complete. Addresses and registers are hexadecimal text.</summary>
internal static class InfoJson
{
    /// <summary>Writes the document.</summary>
    public static void Write(TextWriter output, VmcoreFacts facts) => JsonOutput.Write(output, json =>
    {
        CrashedKernel kernel = facts.Kernel;
        VmcoreFile vmcore = kernel.Vmcore;
        json.WriteStartObject();
        json.WriteString("file", vmcore.Bytes.Path);
        json.WriteNumber("fileBytes", vmcore.Bytes.FileLengthBytes);
        json.WriteString("type", vmcore.Area is null ? "vmcore" : "area");
        json.WriteString("format", vmcore.Format.ToString().ToLowerInvariant());
        json.WriteBoolean("flattened", vmcore.Bytes is FlattenedBytes);
        if (vmcore is ElfVmcore elf)
        {
            json.WriteString("class", elf.Elf.Is64 ? "ELF64" : "ELF32");
            if (elf.DumpLevel is byte level)
            {
                json.WriteNumber("dumpLevel", level);
            }
        }
        WriteKdump(json, facts.Kdump);
        WriteArea(json, vmcore.Area);
        WriteKernel(json, kernel);
        WriteCrash(json, facts);
        WriteCpus(json, kernel.Cpus);
        WriteMemory(json, facts);
        WriteNotes(json, vmcore);
        json.WriteStartObject("vmcoreinfo");
        foreach (KeyValuePair<string, string> line in kernel.Info.Lines)
        {
            json.WriteString(line.Key, line.Value);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>Writes the document of a dump area without a dump.</summary>
    public static void WriteEmpty(TextWriter output, string path, AreaTail area) => JsonOutput.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteString("file", path);
        json.WriteNumber("fileBytes", area.OffsetBytes + AreaLabel.Bytes);
        json.WriteString("type", "area");
        json.WriteNull("format");
        WriteArea(json, area);
        json.WriteEndObject();
    });

    private static void WriteKdump(Utf8JsonWriter json, KdumpFacts? kdump)
    {
        if (kdump is null)
        {
            return;
        }
        json.WriteStartObject("kdump");
        json.WriteNumber("version", kdump.Header.Version);
        json.WriteString("compressor", kdump.Compressor);
        json.WriteNumber("dumpLevel", kdump.Header.DumpLevel);
        json.WriteBoolean("incomplete", kdump.IsIncomplete);
        json.WriteBoolean("vmemmapExcluded", kdump.IsVmemmapExcluded);
        json.WriteBoolean("split", kdump.Header.IsSplit);
        json.WriteNumber("memoryPages", kdump.Counts.MemoryPages);
        json.WriteNumber("keptPages", kdump.Counts.KeptPages);
        json.WriteNumber("excludedPages", kdump.Counts.ExcludedPages);
        json.WriteNumber("missingPages", kdump.MissingPages);
        json.WriteEndObject();
    }

    private static void WriteArea(Utf8JsonWriter json, AreaTail? area)
    {
        if (area is null)
        {
            return;
        }
        json.WriteStartObject("area");
        json.WriteString("label", AreaText.Outcome(area.Status));
        if (area.HasLabel)
        {
            AreaLabel label = area.Label;
            json.WriteString("uuid", area.Uuid);
            json.WriteNumber("sizeBytes", label.AreaBytes);
            json.WriteString("state", AreaText.State(label.State));
            json.WriteNumber("sequence", label.Sequence);
            json.WriteNumber("crashTime", label.CrashTimeSeconds);
            json.WriteNumber("lengthBytes", label.DumpLengthBytes);
            json.WriteNumber("pagesWritten", label.PagesWritten);
            json.WriteNumber("pagesLost", label.PagesLost);
            json.WriteString("format", label.Format.ToString().ToLowerInvariant());
            json.WriteNumber("dumpLevel", label.DumpLevel);
            json.WriteNumber("outcome", (int)label.Outcome);
            json.WriteString("outcomeText", AreaText.Outcome(label.Outcome));
        }
        json.WriteEndObject();
    }

    private static void WriteKernel(Utf8JsonWriter json, CrashedKernel kernel)
    {
        json.WriteStartObject("kernel");
        json.WriteText("release", kernel.Release ?? kernel.Name?.Release);
        json.WriteText("version", kernel.Name?.Version);
        json.WriteText("machine", kernel.Name?.Machine);
        json.WriteText("host", kernel.Name?.NodeName);
        json.WriteNumber("pageTableLevels", kernel.Memory.Levels);
        json.WriteEndObject();
    }

    private static void WriteCrash(Utf8JsonWriter json, VmcoreFacts facts)
    {
        json.WriteStartObject("crash");
        if (facts.Kernel.CrashTimeSeconds is ulong time)
        {
            json.WriteNumber("time", time);
        }
        else
        {
            json.WriteNull("time");
        }
        json.WriteNumber("uptimeNanoseconds", facts.Crash.LastNanoseconds);
        json.WriteText("panic", facts.Crash.Panic);
        json.WriteText("cause", facts.Crash.Cause);
        json.WriteText("task", facts.Crash.Task);
        json.WriteNumber("logRecords", facts.Crash.Records);
        json.WriteText("logProblem", facts.LogProblem);
        json.WriteEndObject();
    }

    private static void WriteCpus(Utf8JsonWriter json, IReadOnlyList<CpuRegisters> cpus)
    {
        json.WriteStartArray("cpus");
        foreach (CpuRegisters cpu in cpus)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", cpu.Pid);
            for (int i = 0; i < CpuRegisters.Names.Count; i++)
            {
                json.WriteHex(CpuRegisters.Names[i], cpu.Values[i]);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteMemory(Utf8JsonWriter json, VmcoreFacts facts)
    {
        json.WriteStartObject("memory");
        json.WriteNumber("bytes", facts.MemoryBytes);
        json.WriteNumber("ranges", facts.RangeCount);
        json.WriteStartArray("segments");
        if (facts.Kernel.Vmcore is ElfVmcore elf)
        {
            foreach (ProgramHeader segment in elf.Segments)
            {
                json.WriteStartObject();
                json.WriteHex("physical", segment.PhysicalAddress);
                json.WriteHex("virtual", segment.VirtualAddress);
                json.WriteNumber("bytes", segment.FileBytes);
                json.WriteNumber("offset", segment.Offset);
                json.WriteEndObject();
            }
        }
        else
        {
            foreach (AddressRange range in facts.Kernel.Vmcore.PhysicalRanges)
            {
                json.WriteStartObject();
                json.WriteHex("physical", range.Start);
                json.WriteNumber("bytes", range.LengthBytes);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNotes(Utf8JsonWriter json, VmcoreFile vmcore)
    {
        json.WriteStartArray("notes");
        foreach (VmcoreNote note in vmcore.Notes)
        {
            json.WriteStartObject();
            json.WriteString("name", note.Name);
            json.WriteNumber("type", note.Type);
            json.WriteNumber("offset", note.OffsetBytes);
            json.WriteNumber("bytes", note.LengthBytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteText("noteProblem", vmcore.NoteProblem?.ToString());
    }
}
