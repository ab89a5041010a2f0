using System.Linq;
using Xunit;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>Each tidy rule catches what it is for, and leaves alone what is right.</summary>
public class TidyRuleTests
{
    [Fact]
    public void A_binary_file_is_caught()
    {
        Assert.Single(TextRules.Binary([new SourceFile("a.bin", [1, 0, 2])]));
        Assert.Empty(TextRules.Binary([new SourceFile("a.txt", "text\n")]));
    }

    [Theory]
    [InlineData("a.cs", "a\r\n", "CR")]
    [InlineData("a.cs", "a", "one newline")]
    [InlineData("a.cs", "a\n\n", "one newline")]
    [InlineData("a.md", "a \nb\n", ":1: space at the end")]
    [InlineData("a.S", "a\nb\t\n", ":2: space at the end")]
    [InlineData("a.cs", "\tb\n", ":1: a tab")]
    public void Whitespace_out_of_place_is_caught(string path, string text, string violation) =>
        Assert.Contains(violation, Assert.Single(TextRules.Whitespace([new SourceFile(path, text)])));

    [Theory]
    [InlineData("a.S", "\tnop\n")]
    [InlineData("a.txt", "a fixture \r\n\n")]
    [InlineData("a.cs", "")]
    public void Other_whitespace_is_not(string path, string text) =>
        Assert.Empty(TextRules.Whitespace([new SourceFile(path, text)]));

    [Fact]
    public void A_file_of_more_than_400_lines_is_caught()
    {
        Assert.Empty(TextRules.Length([Lines(400)]));
        Assert.Contains("401 lines", Assert.Single(TextRules.Length([Lines(401)])));

        static SourceFile Lines(int count) => new("a.cs", string.Concat(Enumerable.Repeat("//\n", count)));
    }

    [Theory]
    [InlineData("// TO" + "DO: later")]
    [InlineData("// FIX" + "ME")]
    [InlineData("see /wo" + "rk/main/x")]
    [InlineData("/ho" + "me/me/x")]
    public void Unfinished_work_and_machine_paths_are_caught(string text) =>
        Assert.Contains("a.cs:2: '", Assert.Single(TextRules.Words([new SourceFile("a.cs", "\n" + text + "\n")])));

    [Theory]
    [InlineData("class C { unsafe int* P; }")]
    [InlineData("class C { void M() { unsafe { } } }")]
    [InlineData("unsafe struct C { }")]
    public void Unsafe_code_elsewhere_is_caught(string text)
    {
        Assert.Single(SyntaxRules.Unsafe([new SourceFile("tools/X/C.cs", text)]));
        Assert.Empty(SyntaxRules.Unsafe([new SourceFile("tools/X/C.Unsafe.cs", text)]));
    }

    [Fact]
    public void The_word_unsafe_is_not_unsafe_code() =>
        Assert.Empty(SyntaxRules.Unsafe([new SourceFile("C.cs", "class C { /* unsafe */ string S = \"unsafe\"; int @unsafe; }")]));

    [Theory]
    [InlineData("class C { void M() { throw null; } }")]
    [InlineData("class C { int M() => throw null; }")]
    [InlineData("class C { void M() { try { } finally { } } }")]
    public void An_exception_below_tools_is_caught(string text)
    {
        Assert.NotEmpty(SyntaxRules.Exceptions([new SourceFile("capture/C.cs", text)]));
        Assert.NotEmpty(SyntaxRules.Exceptions([new SourceFile("kernel/Boot/C.cs", text)]));
        Assert.Empty(SyntaxRules.Exceptions([new SourceFile("tools/X/C.cs", text)]));
    }

    [Theory]
    [InlineData("tools/X/A.cs", "namespace N; class B { }", "no type is named A")]
    [InlineData("tools/X/A.cs", "namespace N; class A { } class B { }", "B wants a file of its own")]
    [InlineData("tools/X/A.cs", "class A { } struct B { }", "B wants a file of its own")]
    [InlineData("tools/X/A.cs", "class A { } enum B {\n\n\n\n\n\n\n\n\n\n\n\n\n }", "B wants a file of its own")]
    public void Two_types_in_a_file_and_a_wrong_name_are_caught(string path, string text, string violation) =>
        Assert.Contains(violation, string.Join('\n', SyntaxRules.OneType([new SourceFile(path, text)])));

    [Theory]
    [InlineData("tools/X/A.cs", "namespace N; class A { class Inner { } } enum Small { B, C }")]
    [InlineData("tools/X/A.Unsafe.cs", "namespace N; class A<T> { }")]
    [InlineData("tools/X/A.cs", "class A { } file class Helper { }")]
    [InlineData("tools/X/AssemblyInfo.cs", "[assembly: X]")]
    [InlineData("capture/Ports.cs", "interface IA { } interface IB { }")]
    [InlineData("kernel/Corelib/Numerics.cs", "struct A { } struct B { }")]
    public void A_type_with_its_helpers_is_not(string path, string text) =>
        Assert.Empty(SyntaxRules.OneType([new SourceFile(path, text)]));

    [Theory]
    [InlineData("capture/Input/A.cs", "namespace CosmosKdump.Capture;", "must be CosmosKdump.Capture.Input")]
    [InlineData("kernel/A.cs", "namespace CosmosKdump;", "must be CosmosKdump.Kernel")]
    [InlineData("tools/Lab/Vm/A.cs", "namespace CosmosKdump.Lab;", "must be CosmosKdump.Lab.Vm")]
    [InlineData("tests/Unit/House/A.cs", "namespace CosmosKdump.Tests.Unit;", "must be CosmosKdump.Tests.Unit.House")]
    [InlineData("capture/A.cs", "namespace CosmosKdump.Capture { }", "in braces")]
    public void A_namespace_that_is_not_the_folder_is_caught(string path, string text, string violation) =>
        Assert.Contains(violation, Assert.Single(SyntaxRules.Namespaces([new SourceFile(path, text)])));

    [Theory]
    [InlineData("capture/Input/A.cs", "namespace CosmosKdump.Capture.Input;")]
    [InlineData("kernel/Corelib/A.cs", "namespace System.Numerics;")]
    [InlineData("tools/Lab/AssemblyInfo.cs", "[assembly: X]")]
    public void A_namespace_that_is_the_folder_is_not(string path, string text) =>
        Assert.Empty(SyntaxRules.Namespaces([new SourceFile(path, text)]));

    [Theory]
    [InlineData("class C { }", "not static")]
    [InlineData("record struct C(int X);", "a record")]
    [InlineData("delegate void D();", "a delegate")]
    [InlineData("static class C { static void M() { var x = new System.Text.StringBuilder(); } }", "new StringBuilder")]
    [InlineData("static class C { static void M() { var x = new byte[3]; } }", "an array")]
    [InlineData("static class C { static void M() { byte[] x = [1]; } }", "an array")]
    [InlineData("static class C { static int M() => \"text\".Length; }", "type String")]
    [InlineData("static class C { static void M(string s) { } }", "parameter s of type String")]
    [InlineData("static class C { static object M() => 3; }", "returns type Object")]
    [InlineData("static class C { static void M<T>(T x) where T : System.IComparable { System.IComparable y = 3; } }", "boxing")]
    [InlineData("static class C { static void M() { System.Action a = () => { }; } }", "a delegate")]
    [InlineData("static class C { static int X = 3; }", "static field X")]
    [InlineData("static class C { static int X; }", "static field X")]
    [InlineData("static class C { static readonly int X = 3; }", "static field X")]
    [InlineData("static class C { static double M(int x) => x * 0.5; }", "type Double")]
    [InlineData("static class C { static decimal X => 0; }", "type Decimal")]
    [InlineData("static class C { static System.UInt128 M() => 0; }", "type UInt128")]
    [InlineData("static class C { static (int, int) M() => (1, 2); }", "a tuple")]
    [InlineData("interface I { int M() => 1; }", "default interface method")]
    [InlineData("static class C { static System.Collections.Generic.IEnumerable<int> M() { yield return 1; } }", "an iterator")]
    [InlineData("static class C { static void M(int x) { var s = $\"{x}\"; } }", "a string")]
    [InlineData("struct S { System.Collections.Generic.List<int> L; }", "field L of type List")]
    public void What_needs_a_heap_is_caught_in_capture(string text, string violation) => Assert.Contains(
        violation,
        string.Join('\n', CaptureRules.Of([new SourceFile("capture/C.cs", "namespace CosmosKdump.Capture;\n" + text)])));

    [Theory]
    [InlineData("static class C { const int X = 3; static System.ReadOnlySpan<byte> Y => [1, 2]; static System.ReadOnlySpan<byte> Z => \"z\"u8; }")]
    [InlineData("readonly ref struct S(System.Span<byte> b) { public System.Span<byte> B { get; } = b; }")]
    [InlineData("static class C { static int M() { System.Span<byte> s = stackalloc byte[8]; s[0] = 1; return s.Length; } }")]
    [InlineData("interface I { int M(); } static class C { static int N<T>(ref T t) where T : struct, I => t.M(); }")]
    [InlineData("enum E : byte { A = 1, B } static class C { static int M(E e) => e switch { E.A => 1, _ => 2 }; }")]
    [InlineData("[System.Obsolete(\"text\")] struct S { public S(int x) { X = new S2(); } S2 X; } struct S2 { }")]
    public void What_needs_none_is_not(string text) =>
        Assert.Empty(CaptureRules.Of([new SourceFile("capture/C.cs", "namespace CosmosKdump.Capture;\n" + text)]));

    [Theory]
    [InlineData("B (E2) has no row", "| E1 | a | m | d |")]
    [InlineData("B (E2) has the text 'b', its row 'c'", "| E1 | a | m | d |\n| E2 | c | m | d |")]
    [InlineData("E3 has a row and is no status", "| E1 | a | m | d |\n| E2 | b | m | d |\n| E3 | c | m | d |")]
    [InlineData("not a row of its own", "| E1 | a | m | d |\n| E2 | b | m | d |\n| E2 | b | m | d |")]
    [InlineData("not a row of its own", "| E1 | a | m | d |\n| E2 | b | m | d |\n| E3 | c | | d |")]
    public void A_table_of_errors_that_is_not_the_list_is_caught(string expected, string document)
    {
        (string, int, string)[] list = [("Ok", 0, "ok"), ("A", 1, "a"), ("B", 2, "b")];
        Assert.Empty(StatusRules.OfTable(list, "text\n| code | t | m | d |\n| E1 | a | m | d |\n| E2 | b | m | d |"));
        Assert.Contains(expected, Assert.Single(StatusRules.OfTable(list, document)));
    }

    [Fact]
    public void A_status_without_its_own_number_or_text_is_caught()
    {
        Assert.Empty(StatusRules.Of([("A", 1, "a text"), ("B", 2, "VMCOREINFO missing")]));
        Assert.Contains("number 1", Assert.Single(StatusRules.Of([("A", 1, "a"), ("B", 1, "b")])));
        Assert.Contains("text of A and B", Assert.Single(StatusRules.Of([("A", 1, "a"), ("B", 2, "a")])));
        foreach (string text in (string[])["", "unknown status", "Upper case", "full stop.", "smörgås"])
        {
            Assert.Single(StatusRules.Of([("A", 1, text)]));
        }
    }
}
