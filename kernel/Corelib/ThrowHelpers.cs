using System.Runtime;
using System.Runtime.CompilerServices;

namespace System
{
    /// <summary>
    /// There are no exceptions: a violated bound or an overflow raises an invalid-opcode fault with the reason in a
    /// register, and the fault handler prints it and ends the current step.
    /// </summary>
    internal static class ThrowHelper
    {
        internal const uint ReasonIndex = 1;
        internal const uint ReasonOverflow = 2;
        internal const uint ReasonDivide = 3;
        internal const uint ReasonNull = 4;
        internal const uint ReasonOther = 5;

        [MethodImpl(MethodImplOptions.NoInlining)]
        internal static void IndexOutOfRange() => RaiseCheck(ReasonIndex);

        [MethodImpl(MethodImplOptions.InternalCall)]
        [RuntimeImport("*", "raise_check")]
        internal static extern void RaiseCheck(uint reason);
    }
}

namespace Internal.Runtime.CompilerHelpers
{
    /// <summary>Where ilc sends failed checks; the names are ilc's.</summary>
    internal static class ThrowHelpers
    {
        private static void ThrowOverflowException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOverflow);

        private static void ThrowIndexOutOfRangeException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonIndex);

        private static void ThrowNullReferenceException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonNull);

        private static void ThrowDivideByZeroException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonDivide);

        private static void ThrowArrayTypeMismatchException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowPlatformNotSupportedException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowNotImplementedException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowArgumentException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowArgumentOutOfRangeException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonIndex);

        private static void ThrowFeatureBodyRemoved() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowInvalidProgramExceptionWithArgument() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowInvalidProgramException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowTypeLoadException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowTypeLoadExceptionWithArgument() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowMissingMethodException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowMissingFieldException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowFileNotFoundException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowBadImageFormatException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowBodyRemoved() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowUnavailableType() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowInstanceBodyRemoved() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowNotSupportedInlineArrayEqualsGetHashCode() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowMarshalDirectiveException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowAmbiguousMatchException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);

        private static void ThrowUnreachableException() => System.ThrowHelper.RaiseCheck(System.ThrowHelper.ReasonOther);
    }
}
