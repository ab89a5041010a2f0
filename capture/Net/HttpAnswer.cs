using System;

namespace CosmosKdump.Capture.Net;

/// <summary>Reads the answer to a request (RFC 9112, 4) as far as its status line.</summary>
public struct HttpAnswer
{
    private const int CodeAt = 9;
    private const int CodeEnd = 12;
    private const int LongestLine = 128;

    /// <summary>The final status line is there: it is the start of the input.</summary>
    public bool IsComplete { get; private set; }

    private static ReadOnlySpan<byte> Version => "HTTP/1."u8;

    /// <summary>
    /// Looks at all that has arrived and was not consumed. <see cref="Status.HttpRefused"/>: the server has said anything
    /// but that it took the dump; <see cref="Status.AnswerMalformed"/>. Ok otherwise, also while nothing is known.
    /// </summary>
    public Status Read(scoped ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        while (!IsComplete)
        {
            ReadOnlySpan<byte> rest = input[consumed..];
            int line = rest.IndexOf((byte)'\n');
            int known = Math.Min(rest.Length, Version.Length);
            if (!rest[..known].SequenceEqual(Version[..known]) || (line >= 0 && line < CodeEnd))
            {
                return Status.AnswerMalformed;
            }
            if (line < 0)
            {
                return rest.Length > 4 * LongestLine ? Status.AnswerMalformed : Status.Ok;
            }
            int code = CodeOf(rest[CodeAt..CodeEnd]);
            if (code is >= 100 and < 200)
            {
                // Said on the way: a head that ends with an empty line, and no body.
                int end = rest.IndexOf("\r\n\r\n"u8);
                if (end < 0)
                {
                    // What fills the whole window has no end that would still come.
                    return rest.Length < TcpInput.BufferBytes ? Status.Ok : Status.AnswerMalformed;
                }
                consumed += end + 4;
                continue;
            }
            IsComplete = true;
            return code is 200 or 201 or 204 ? Status.Ok : Status.HttpRefused;
        }
        return Status.Ok;
    }

    /// <summary>The status line, without its end.</summary>
    public readonly ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> input)
    {
        int end = IsComplete ? input.IndexOf((byte)'\r') : 0;
        return input[..Math.Min(end < 0 ? 0 : end, LongestLine)];
    }

    private static int CodeOf(ReadOnlySpan<byte> digits) =>
        Input.NumberText.ReadDecimal(digits, out ulong code) == Status.Ok ? (int)code : 0;
}
