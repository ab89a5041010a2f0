namespace CosmosKdump.Capture.Input;

/// <summary>What the PT_NOTEs hold.</summary>
public struct NoteSummary
{
    /// <summary>Number of PT_NOTEs.</summary>
    public uint Segments;

    /// <summary>PT_NOTEs without a note: those of CPUs that did not answer.</summary>
    public uint EmptySegments;

    /// <summary>CPUs whose registers were saved (NT_PRSTATUS).</summary>
    public uint Cpus;

    /// <summary>Bytes of all notes when they are joined, headers and padding included.</summary>
    public ulong LengthBytes;

    /// <summary>Offset of VMCOREINFO's descriptor in the joined notes, bytes; 0 if there is none.</summary>
    public ulong VmcoreInfoOffset;

    /// <summary>Length of the VMCOREINFO text in the caller's buffer, bytes; 0 if there is none.</summary>
    public int VmcoreInfoBytes;
}
