using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Keyboard;

/// <summary>
/// A keyboard behind the 8042 controller, polled; that of USB too, where the firmware makes it look like one.
/// </summary>
internal struct Ps2Keyboard
{
    private const uint AnswerMilliseconds = 20;
    private const int MostLeftOver = 64;

    private ScanCodes _codes;

    /// <summary>It was started.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>
    /// Takes the controller over from the old kernel: no interrupts, no mouse, codes of set 1.
    /// <see cref="Status.NoDevice"/>: there is no controller.
    /// </summary>
    public Status Start()
    {
        this = default;
        if (PortIo.In8(KeyboardRegister.Status) == KeyboardRegister.Absent)
        {
            return Status.NoDevice;
        }
        Command(KeyboardRegister.CommandDisableKeyboard);
        Command(KeyboardRegister.CommandDisableMouse);
        Empty();
        Command(KeyboardRegister.CommandReadConfiguration);
        // A controller that does not tell gets the configuration of every PC.
        byte configuration = TryAnswer(out byte told) ? told : KeyboardRegister.ConfigurationTranslate;
        const byte Off = KeyboardRegister.ConfigurationInterrupts | KeyboardRegister.ConfigurationKeyboardOff;
        configuration = (byte)((configuration & ~Off)
            | KeyboardRegister.ConfigurationMouseOff | KeyboardRegister.ConfigurationTranslate);
        Command(KeyboardRegister.CommandWriteConfiguration);
        Send(configuration);
        Command(KeyboardRegister.CommandEnableKeyboard);
        Send(KeyboardRegister.KeyboardDefaults);
        _ = TryAnswer(out _);
        Send(KeyboardRegister.KeyboardEnable);
        _ = TryAnswer(out _);
        IsStarted = true;
        return Status.Ok;
    }

    /// <summary>Takes a character that was typed, without waiting.</summary>
    public bool TryRead(out byte character)
    {
        character = 0;
        // A key that makes no character is followed by others: look again, but not without end.
        for (int i = 0; i < MostLeftOver && IsStarted && character == 0; i++)
        {
            byte status = PortIo.In8(KeyboardRegister.Status);
            if (status == KeyboardRegister.Absent || (status & KeyboardRegister.StatusOutputFull) == 0)
            {
                return false;
            }
            byte code = PortIo.In8(KeyboardRegister.Data);
            character = (status & KeyboardRegister.StatusMouse) == 0 ? _codes.Take(code) : (byte)0;
        }
        return character != 0;
    }

    private static void Empty()
    {
        for (int i = 0; i < MostLeftOver; i++)
        {
            if ((PortIo.In8(KeyboardRegister.Status) & KeyboardRegister.StatusOutputFull) == 0)
            {
                return;
            }
            _ = PortIo.In8(KeyboardRegister.Data);
        }
    }

    private static bool TryAnswer(out byte answer)
    {
        answer = 0;
        if (!WaitFor(KeyboardRegister.StatusOutputFull, KeyboardRegister.StatusOutputFull))
        {
            return false;
        }
        answer = PortIo.In8(KeyboardRegister.Data);
        return true;
    }

    private static void Command(byte command)
    {
        _ = WaitFor(KeyboardRegister.StatusInputFull, 0);
        PortIo.Out8(KeyboardRegister.Status, command);
    }

    private static void Send(byte value)
    {
        _ = WaitFor(KeyboardRegister.StatusInputFull, 0);
        PortIo.Out8(KeyboardRegister.Data, value);
    }

    private static bool WaitFor(byte mask, byte value)
    {
        Deadline end = Deadline.AfterMilliseconds(AnswerMilliseconds);
        while ((PortIo.In8(KeyboardRegister.Status) & mask) != value)
        {
            if (end.HasPassed)
            {
                return false;
            }
            Cpu.Pause();
        }
        return true;
    }
}
