using CosmosKdump.Kernel.Drivers.Block;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>Where things lie in the driver's DMA memory.</summary>
internal static class NvmeLayout
{
    /// <summary>Largest transfer: what one PRP list of a slot describes.</summary>
    public const int MaxTransferBytes = 1 << 20;

    /// <summary>Entries of the admin queues.</summary>
    public const int AdminEntries = 16;

    /// <summary>Entries of the I/O submission queue: one page, and one more than commands in flight.</summary>
    public const int SubmissionEntries = 64;

    /// <summary>Entries of the I/O completion queue: twice that, so that head doorbells can be batched.</summary>
    public const int CompletionEntries = 128;

    /// <summary>Admin submission queue.</summary>
    public const int AdminSubmission = 0;

    /// <summary>Admin completion queue.</summary>
    public const int AdminCompletion = AdminSubmission + Page;

    /// <summary>Answer of Identify.</summary>
    public const int Identify = AdminCompletion + Page;

    /// <summary>I/O submission queue.</summary>
    public const int Submission = Identify + Page;

    /// <summary>I/O completion queue.</summary>
    public const int Completion = Submission + Page;

    /// <summary>PRP lists, one per slot; none crosses a page (NVMe base 2.0c, 4.1.1).</summary>
    public const int PrpLists = Completion + Page;

    /// <summary>Bytes of a PRP list: 8 per page of the largest transfer.</summary>
    public const int PrpListBytes = MaxTransferBytes / Page * 8;

    /// <summary>Length of the whole region, bytes.</summary>
    public const int RegionBytes = PrpLists + (RequestSlots.Most * PrpListBytes);

    private const int Page = 4096;
}
