using System;

namespace CosmosKdump.Capture;

/// <summary>The text of every <see cref="Status"/>.</summary>
public static class StatusText
{
    /// <summary>A short English text, lower case, without a full stop.</summary>
    public static ReadOnlySpan<byte> Of(Status status) => status switch
    {
        Status.Ok => "ok"u8,
        Status.NoElfCoreHeader => "no elfcorehdr= on the command line"u8,
        Status.BadOptionValue => "bad option value"u8,
        Status.NotAnElfCore => "not an ELF core header"u8,
        Status.ElfHeaderTruncated => "ELF core header cut short"u8,
        Status.ElfHeaderMalformed => "ELF core header malformed"u8,
        Status.NoSegments => "no memory segments in the ELF core header"u8,
        Status.SegmentAbsurd => "segment with an impossible address or length"u8,
        Status.SegmentsOverlap => "segments overlap"u8,
        Status.NoteMalformed => "note malformed"u8,
        Status.NoVmcoreInfo => "no VMCOREINFO note"u8,
        Status.VmcoreInfoIncomplete => "VMCOREINFO key missing or bad"u8,
        Status.TooManyEntries => "more entries than the limit"u8,
        Status.UnknownOption => "unknown option"u8,
        Status.SegmentUnaligned => "segment not page-aligned"u8,
        Status.SegmentsUnordered => "segments not in order"u8,
        Status.BadBaudRate => "bad baud rate"u8,
        Status.NotInBuild => "not in this build"u8,
        Status.MemoryUnreadable => "memory unreadable"u8,
        Status.AddressOutOfRange => "address out of range"u8,
        Status.BufferTooSmall => "buffer too small"u8,
        Status.AddressNotMapped => "virtual address not in the crashed kernel's page tables"u8,
        Status.PageStructsAbsurd => "page structs cannot be true"u8,
        Status.NoPageStruct => "no page struct"u8,
        Status.NoLabel => "not prepared: no dump area label (run ckdump prepare)"u8,
        Status.LabelCorrupt => "dump area label has a wrong checksum"u8,
        Status.LabelOtherUuid => "dump area has another UUID"u8,
        Status.DumpNotSaved => "area holds a dump that was not saved yet (run ckdump save, or kdump.overwrite=1)"u8,
        Status.AreaTooSmall => "dump does not fit into the area"u8,
        Status.LabelVersion => "dump area label of an unknown version"u8,
        Status.LabelWrongSize => "dump area label names another size than the disk has"u8,
        Status.AreaInUse => "area labelled, but its start holds something else: in other use (run ckdump prepare)"u8,
        Status.PartitionsMalformed => "partition table malformed"u8,
        Status.NoDevice => "no usable device found"u8,
        Status.DeviceTimeout => "device did not answer in time"u8,
        Status.DeviceFailed => "device reported a fatal error"u8,
        Status.RequestFailed => "device failed the request"u8,
        Status.WriteProtected => "medium is write-protected"u8,
        Status.DeviceUnsupported => "device lacks a needed feature"u8,
        Status.DeviceGone => "device vanished"u8,
        Status.OutOfMedium => "request past the end of the medium"u8,
        Status.NoTargetWorked => "every target failed"u8,
        Status.PagesLost => "dump incomplete: pages lost"u8,
        Status.StepFaulted => "a processor exception ended the step"u8,
        Status.UnknownTarget => "unknown target"u8,
        Status.CompressorFailed => "compressor does not work: pages are stored as they are"u8,
        Status.DumpCut => "target full: dump cut short"u8,
        Status.FrameCorrupt => "frame corrupt"u8,
        Status.NotConfirmed => "receiver did not confirm the dump"u8,
        Status.ChannelStuck => "channel does not take bytes any more"u8,
        Status.EndMissing => "the end of the dump is missing"u8,
        _ => "unknown status"u8,
    };
}
