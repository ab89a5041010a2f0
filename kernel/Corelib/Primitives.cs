// The types that the C# compiler and ilc need by name, and nothing more. Shapes follow ECMA-335 and the .NET API.
namespace System;

public class Object
{
    // ilc's object layout: every object begins with a pointer to its method table.
    private nint _methodTable;
}

public abstract class ValueType
{
}

public abstract class Enum : ValueType
{
}

public struct Void
{
}

public struct Boolean
{
    public const bool True = true;
}

public struct Char
{
}

public struct SByte
{
}

public struct Byte
{
    public const byte MaxValue = 0xFF;
}

public struct Int16
{
}

public struct UInt16
{
    public const ushort MaxValue = 0xFFFF;
}

public struct Int32
{
    public const int MaxValue = 0x7FFFFFFF;
    public const int MinValue = unchecked((int)0x80000000);
}

public struct UInt32
{
    public const uint MaxValue = 0xFFFFFFFF;
}

public struct Int64
{
    public const long MaxValue = 0x7FFFFFFFFFFFFFFF;
}

public struct UInt64
{
    public const ulong MaxValue = 0xFFFFFFFFFFFFFFFF;
}

public struct IntPtr
{
}

public struct UIntPtr
{
}

public struct Single
{
}

public struct Double
{
}

public struct Nullable<T>
    where T : struct
{
}

public abstract class Array
{
    private int _length;

    public int Length => _length;
}

public class Array<T> : Array
{
}

public sealed class String
{
    private int _length;
    private char _firstChar;

    public int Length => _length;
}

public abstract class Delegate
{
}

public abstract class MulticastDelegate : Delegate
{
}

public struct RuntimeTypeHandle
{
}

public struct RuntimeMethodHandle
{
}

public struct RuntimeFieldHandle
{
}

public class Exception
{
}

public abstract class Type
{
}
