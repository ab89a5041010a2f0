using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode;

/// <summary>Writes the notes of all PT_NOTEs, joined.</summary>
public static class NoteCopy
{
    /// <summary>
    /// Writes them from where the stream is up to <paramref name="endBytes"/>, as copy_notes_elf64 in fs/proc/vmcore.c
    /// does: one after the other, without gaps.
    /// </summary>
    public static Status Write<TMemory, TSink>(
        ref TMemory memory,
        ref TSink sink,
        ref StagedStream stream,
        scoped in CapturePlan plan,
        ulong endBytes)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
    {
        for (uint i = 0; i < plan.Header.Count && stream.PositionBytes < endBytes; i++)
        {
            if (plan.Header.TryGet(ref memory, i, out ProgramHeader segment) != Status.Ok
                || segment.Type != ProgramHeader.TypeNote)
            {
                continue;
            }
            NoteWalker walker = plan.Low.NotesOf(in segment);
            while (walker.MoveNext(ref memory, out _))
            {
            }
            ulong length = walker.LengthBytes;
            ulong room = endBytes - stream.PositionBytes;
            Status status = stream.Copy(ref sink, ref memory, walker.Position - length, length < room ? length : room);
            if (status != Status.Ok)
            {
                return status;
            }
        }
        return Status.Ok;
    }
}
