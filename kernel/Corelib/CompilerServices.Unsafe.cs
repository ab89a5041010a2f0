// Types and methods that ilc looks up by name. Those that stand for features this kernel does not use (casts of
// classes, the garbage collector's write barrier) end the step if they are ever reached.
using System.Runtime.CompilerServices;

namespace System
{
    internal static class Buffer
    {
        private static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint length) =>
            Memory.Move(ref destination, ref source, length);
    }

    internal static class SpanHelpers
    {
        private static void Memmove(ref byte destination, ref byte source, nuint length) =>
            Memory.Move(ref destination, ref source, length);

        private static void ClearWithoutReferences(ref byte destination, nuint length) =>
            Memory.Zero(ref destination, length);

        private static void Fill(ref byte destination, byte value, nuint length) =>
            Memory.Set(ref destination, value, length);
    }
}

namespace System.Runtime
{
    internal static unsafe class TypeCast
    {
        private static object CheckCastAny(void* type, object value) => Refuse(value);

        private static object CheckCastInterface(void* type, object value) => Refuse(value);

        private static object CheckCastClass(void* type, object value) => Refuse(value);

        private static object CheckCastClassSpecial(void* type, object value) => Refuse(value);

        private static object IsInstanceOfAny(void* type, object value) => Refuse(value);

        private static object IsInstanceOfInterface(void* type, object value) => Refuse(value);

        private static object IsInstanceOfClass(void* type, object value) => Refuse(value);

        private static object IsInstanceOfException(void* type, object value) => Refuse(value);

        private static void StelemRef(object array, nint index, object value) => Refuse(value);

        private static object Refuse(object value)
        {
            ThrowHelper.RaiseCheck(ThrowHelper.ReasonOther);
            return value;
        }
    }
}

namespace System.Runtime.InteropServices
{
    internal interface IDynamicInterfaceCastable
    {
        bool IsInterfaceImplemented(RuntimeTypeHandle interfaceType, bool throwIfNotImplemented);

        RuntimeTypeHandle GetInterfaceImplementation(RuntimeTypeHandle interfaceType);

        object GetDynamicInterfaceImplementation(RuntimeTypeHandle interfaceType);
    }
}

namespace Internal.Runtime.CompilerHelpers
{
    // ilc wants these to exist when a constant table becomes a span; the JIT then expands the span in place.
    internal static class LdTokenHelpers
    {
        private static System.RuntimeTypeHandle GetRuntimeTypeHandle(nint type) => default;

        private static System.RuntimeMethodHandle GetRuntimeMethodHandle(nint method) => default;

        private static System.RuntimeFieldHandle GetRuntimeFieldHandle(nint field) => default;
    }
}
