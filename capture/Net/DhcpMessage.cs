using System;
using System.Buffers.Binary;
using System.Numerics;

namespace CosmosKdump.Capture.Net;

/// <summary>What a DHCP server said (RFC 2131, 2; options: RFC 2132), and what a client says.</summary>
public struct DhcpMessage
{
    /// <summary>Port of servers.</summary>
    public const ushort ServerPort = 67;

    /// <summary>Port of clients.</summary>
    public const ushort ClientPort = 68;

    /// <summary>Bytes of the messages that are written; relays drop those that are shorter than BOOTP's.</summary>
    public const int RequestBytes = 300;

    /// <summary>Type: a client looks for servers.</summary>
    public const byte Discover = 1;

    /// <summary>Type: a server offers an address.</summary>
    public const byte Offer = 2;

    /// <summary>Type: a client asks for what was offered.</summary>
    public const byte Request = 3;

    /// <summary>Type: it is the client's.</summary>
    public const byte Ack = 5;

    /// <summary>Type: it is not.</summary>
    public const byte Nak = 6;

    private const int TransactionAt = 4;
    private const int FlagsAt = 10;
    private const int YourAddressAt = 16;
    private const int ClientMacAt = 28;
    private const int CookieAt = 236;
    private const int OptionsAt = 240;
    private const uint Cookie = 0x6382_5363;
    private const byte BootRequest = 1;
    private const byte BootReply = 2;
    private const byte Ethernet = 1;
    private const ushort AnswerByBroadcast = 0x8000;

    private const byte OptionPad = 0;
    private const byte OptionMask = 1;
    private const byte OptionRouter = 3;
    private const byte OptionAddress = 50;
    private const byte OptionType = 53;
    private const byte OptionServer = 54;
    private const byte OptionWanted = 55;
    private const byte OptionEnd = 255;

    /// <summary>Type of the message.</summary>
    public byte Type;

    /// <summary>Identifies the server.</summary>
    public uint Server;

    /// <summary>The address offered, and the network that it is in; no gateway if it is outside the network.</summary>
    public IpSettings Settings;

    /// <summary>
    /// Opens a server's message for our transaction; <see cref="Status.FrameCorrupt"/> if it is none, or has nothing that
    /// can be used. Every option's length is checked; options that overflow into other fields are not looked for.
    /// </summary>
    public static Status Open(ReadOnlySpan<byte> bytes, uint transaction, MacAddress client, out DhcpMessage message)
    {
        message = default;
        if (bytes.Length < OptionsAt || bytes[0] != BootReply
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[TransactionAt..]) != transaction
            || MacAddress.Read(bytes[ClientMacAt..]).Value != client.Value
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CookieAt..]) != Cookie)
        {
            return Status.FrameCorrupt;
        }
        uint mask = 0;
        uint router = 0;
        ReadOnlySpan<byte> options = bytes[OptionsAt..];
        while (options.Length > 0 && options[0] != OptionEnd)
        {
            if (options[0] == OptionPad)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2 || options[1] > options.Length - 2)
            {
                break;
            }
            ReadOnlySpan<byte> value = options.Slice(2, options[1]);
            uint number = value.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;
            switch (options[0])
            {
                case OptionMask:
                    mask = number;
                    break;
                case OptionRouter:
                    router = number;
                    break;
                case OptionServer:
                    message.Server = number;
                    break;
                case OptionType when value.Length == 1:
                    message.Type = value[0];
                    break;
                default:
                    break;
            }
            options = options[(2 + value.Length)..];
        }
        message.SetAddress(BinaryPrimitives.ReadUInt32BigEndian(bytes[YourAddressAt..]), mask, router);
        bool isUsable = message.Type == Nak || message.Settings.Address.IsStation;
        return isUsable ? Status.Ok : Status.FrameCorrupt;
    }

    /// <summary>
    /// Writes a Discover, or a Request for what <paramref name="offer"/> offers, into <see cref="RequestBytes"/>.
    /// </summary>
    public static void Write(
        Span<byte> bytes, byte type, uint transaction, ushort seconds, MacAddress client, in DhcpMessage offer)
    {
        bytes[..RequestBytes].Clear();
        bytes[0] = BootRequest;
        bytes[1] = Ethernet;
        bytes[2] = MacAddress.Bytes;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[TransactionAt..], transaction);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(TransactionAt + 4)..], seconds);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[FlagsAt..], AnswerByBroadcast);
        client.Write(bytes[ClientMacAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[CookieAt..], Cookie);
        int at = OptionsAt;
        AddOption(bytes, ref at, OptionType, 1);
        bytes[at - 1] = type;
        if (type == Request)
        {
            AddOption(bytes, ref at, OptionAddress, sizeof(uint));
            BinaryPrimitives.WriteUInt32BigEndian(bytes[(at - sizeof(uint))..], offer.Settings.Address.Value);
            AddOption(bytes, ref at, OptionServer, sizeof(uint));
            BinaryPrimitives.WriteUInt32BigEndian(bytes[(at - sizeof(uint))..], offer.Server);
        }
        AddOption(bytes, ref at, OptionWanted, 2);
        bytes[at - 2] = OptionMask;
        bytes[at - 1] = OptionRouter;
        bytes[at] = OptionEnd;
    }

    private static void AddOption(Span<byte> bytes, ref int at, byte option, byte length)
    {
        bytes[at] = option;
        bytes[at + 1] = length;
        at += 2 + length;
    }

    // Without a mask, or with one that has holes, the class of the address stands (RFC 2131 leaves it open; RFC 791).
    private void SetAddress(uint address, uint mask, uint router)
    {
        int prefix = BitOperations.PopCount(mask);
        Settings.Address = new Ipv4Address(address);
        Settings.PrefixBits = (byte)prefix;
        if (mask == 0 || Settings.Mask != mask)
        {
            Settings.PrefixBits = (byte)(address >> 31 == 0 ? 8 : address >> 30 == 2 ? 16 : 24);
        }
        var gateway = new Ipv4Address(router);
        Settings.Gateway = Settings.Reaches(gateway) ? gateway : default;
    }
}
