using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>Addresses as the command line has them.</summary>
public class NetTextTests
{
    [Theory]
    [InlineData("10.0.2.15/24", 0x0A00020Fu, 24, 0u)]
    [InlineData("192.168.1.9/16,192.168.0.1", 0xC0A80109u, 16, 0xC0A80001u)]
    [InlineData("10.0.2.15/32", 0x0A00020Fu, 32, 0u)]
    public void Settings_are_read(string text, uint address, int prefix, uint gateway)
    {
        Assert.Equal(Status.Ok, IpSettings.Parse(Encoding.ASCII.GetBytes(text), out IpSettings settings));
        Assert.Equal((address, prefix, gateway), (settings.Address.Value, settings.PrefixBits, settings.Gateway.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.2.15")]
    [InlineData("10.0.2/24")]
    [InlineData("10.0.2.256/24")]
    [InlineData("10.0.2.15/0")]
    [InlineData("10.0.2.15/33")]
    [InlineData("10.0.2.15/24,")]
    [InlineData("10.0.2.15/24,10.0.3.1")]
    [InlineData("224.0.0.1/24")]
    [InlineData("127.0.0.1/8")]
    [InlineData("0.0.0.0/8")]
    [InlineData("10.0.2.15,10.0.2.1/24")]
    [InlineData("10..2.15/24")]
    public void What_is_no_setting_is_refused(string text)
    {
        Assert.Equal(Status.BadOptionValue, IpSettings.Parse(Encoding.ASCII.GetBytes(text), out IpSettings settings));
        Assert.Equal(0u, settings.Address.Value);
    }

    [Theory]
    [InlineData("http://10.0.2.2/a/b", 80, "/a/b")]
    [InlineData("http://10.0.2.2:8080/", 8080, "/")]
    [InlineData("http://10.0.2.2", 80, "")]
    public void A_url_has_a_server_and_a_path(string text, int port, string path)
    {
        Assert.Equal(Status.Ok, HttpTarget.Parse(Encoding.ASCII.GetBytes(text), out TcpEndpoint server, out int offset));
        Assert.Equal((0x0A000202u, port, path), (server.Address.Value, server.Port, text[offset..]));
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("http://server/path")]
    [InlineData("http://10.0.2.2:/x")]
    [InlineData("http://10.0.2.2:0/x")]
    [InlineData("http://10.0.2.2:65536/x")]
    [InlineData("http://10.0.2.2/a b")]
    [InlineData("http://10.0.2.2/a\rb")]
    [InlineData("https://10.0.2.2/x")]
    public void What_is_no_url_is_refused(string text) =>
        Assert.Equal(Status.BadOptionValue, HttpTarget.Parse(Encoding.ASCII.GetBytes(text), out _, out _));
}
