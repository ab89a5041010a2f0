namespace CosmosKdump.Lab.Guests;

/// <summary>A file of the host that a guest finds in its initramfs.</summary>
/// <param name="GuestPath">Absolute path in the guest; folders are made.</param>
/// <param name="HostPath">Path on the host.</param>
public sealed record GuestFile(string GuestPath, string HostPath);
