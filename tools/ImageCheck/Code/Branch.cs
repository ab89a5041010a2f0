namespace CosmosKdump.ImageCheck.Code;

/// <summary>A direct near call or jump.</summary>
/// <param name="Source">Address of the instruction.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Text">The instruction as text.</param>
public readonly record struct Branch(ulong Source, ulong Target, string Text);
