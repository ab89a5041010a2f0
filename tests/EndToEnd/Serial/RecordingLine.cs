using System.IO;

namespace CosmosKdump.Tests.EndToEnd.Serial;

/// <summary>A line between the capture kernel and the receiver that keeps what the kernel sent.</summary>
public sealed class RecordingLine(string senderPath, string receiverPath, string recordingPath)
    : LineBetween(senderPath, receiverPath)
{
    private readonly FileStream _recording = new(recordingPath, FileMode.CreateNew, FileAccess.Write);

    /// <inheritdoc/>
    protected override byte[] ToReceiver(byte[] bytes)
    {
        lock (_recording)
        {
            _recording.Write(bytes);
        }
        return bytes;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        lock (_recording)
        {
            _recording.Dispose();
        }
    }
}
