namespace CosmosKdump.Lab.Guests;

/// <summary>How a guest's kernel is crashed.</summary>
public enum CrashKind
{
    /// <summary><c>echo c > /proc/sysrq-trigger</c>: panic() in process context.</summary>
    SysRq,

    /// <summary>A module whose init function writes through a null pointer, with <c>panic_on_oops</c> set.</summary>
    NullDereference,

    /// <summary>A module that calls panic() with interrupts off.</summary>
    InterruptsOff,

    /// <summary>A hardware NMI of an unknown source, with <c>unknown_nmi_panic</c> set: panic in NMI context.</summary>
    Nmi,
}
