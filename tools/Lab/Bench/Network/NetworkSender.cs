namespace CosmosKdump.Lab.Bench.Network;

/// <summary>Who sends over a network.</summary>
public enum NetworkSender
{
    /// <summary>Our capture kernel: its guest's memory, by <c>http:</c>, to a server that counts bytes.</summary>
    Ours,

    /// <summary>Linux in the guest: a file of its memory, by busybox's <c>nc</c>, to the same server.</summary>
    Linux,

    /// <summary>Our capture kernel: its guest's memory, by <c>tcp:</c>, to <c>ckdump receive</c>.</summary>
    OursToReceive,
}
