using System;
using System.Linq;
using System.Text;
using CosmosKdump.Capture;
using Xunit;

namespace CosmosKdump.Tests.Unit.House;

/// <summary>The style rules that a machine can check, on every file of the repository.</summary>
public class TidyTests
{
    [Fact]
    public void No_binary_file_is_in_git() => Violations.None(TextRules.Binary(Repository.Files));

    [Fact]
    public void Lines_end_as_they_should() => Violations.None(TextRules.Whitespace(Repository.Files));

    [Fact]
    public void No_file_is_too_long() => Violations.None(TextRules.Length(Repository.Files));

    [Fact]
    public void Nothing_is_left_for_later_and_no_machine_is_named() => Violations.None(TextRules.Words(Repository.Files));

    [Fact]
    public void Unsafe_code_is_in_files_that_say_so() => Violations.None(SyntaxRules.Unsafe(Repository.Files));

    [Fact]
    public void There_are_no_exceptions_below_tools() => Violations.None(SyntaxRules.Exceptions(Repository.Files));

    [Fact]
    public void A_file_is_named_like_its_one_type() => Violations.None(SyntaxRules.OneType(Repository.Files));

    [Fact]
    public void A_namespace_is_its_folder() => Violations.None(SyntaxRules.Namespaces(Repository.Files));

    [Fact]
    public void Capture_needs_no_heap_and_no_class_library() =>
        Violations.None(CaptureRules.Of(Repository.CSharp.Where(f => f.IsIn("capture")).ToArray()));

    [Fact]
    public void Every_status_has_a_number_and_a_text() => Violations.None(StatusRules.Of(Statuses()));

    [Fact]
    public void Every_status_is_explained_and_nothing_else() => Violations.None(
        StatusRules.OfTable(Statuses(), Repository.Files.Single(f => f.Path == "docs/errors.md").Text));

    [Fact]
    public void The_repository_was_found() => Assert.True(
        new[] { "capture/Status.cs", "kernel/Boot/entry.S", "tools/ImageCheck/Program.cs", "LICENSE" }
            .All(p => Repository.Files.Any(f => f.Path == p)));

    private static (string Name, int Number, string Text)[] Statuses() =>
    [
        .. Enum.GetNames<Status>()
            .Select(n => (n, status: Enum.Parse<Status>(n)))
            .Select(p => (p.n, (int)p.status, Encoding.UTF8.GetString(StatusText.Of(p.status)))),
    ];
}
