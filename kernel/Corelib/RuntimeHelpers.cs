namespace System.Runtime.CompilerServices;

/// <summary>Compiler support.</summary>
public static class RuntimeHelpers
{
    [Intrinsic]
    public static bool IsReferenceOrContainsReferences<T>()
        where T : allows ref struct => IsReferenceOrContainsReferences<T>();

    // Constant data becomes a span over read-only memory: the compiler expands the call.
    [Intrinsic]
    public static ReadOnlySpan<T> CreateSpan<T>(RuntimeFieldHandle field) => CreateSpan<T>(field);
}
