namespace CosmosKdump.Capture.Input;

/// <summary>One note of a PT_NOTE (System V gABI, chapter 5, "Note Section").</summary>
public struct Note
{
    /// <summary>Size of the note's header, bytes: n_namesz, n_descsz, n_type.</summary>
    public const int HeaderBytes = 12;

    /// <summary>NT_PRSTATUS, one per CPU, under the name "CORE".</summary>
    public const uint TypePrstatus = 1;

    /// <summary>n_type.</summary>
    public uint Type;

    /// <summary>n_namesz: length of the name with its NUL, bytes.</summary>
    public uint NameBytes;

    /// <summary>n_descsz, bytes.</summary>
    public uint DescriptionBytes;

    /// <summary>Physical address of the name.</summary>
    public ulong NameAddress;

    /// <summary>Physical address of the description.</summary>
    public ulong DescriptionAddress;
}
