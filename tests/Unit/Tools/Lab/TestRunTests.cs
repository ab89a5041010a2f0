using System.Xml.Linq;
using CosmosKdump.Lab.Build;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class TestRunTests
{
    [Fact]
    public void Totals_of_projects_add_up()
    {
        TestRun run = new();
        run.Add("one", Trx(total: 5, passed: 5), exitCode: 0);
        run.Add("two", Trx(total: 4, passed: 3), exitCode: 1);

        Assert.Equal((8, 1), (run.Passed, run.Failed));
    }

    [Fact]
    public void A_project_without_results_counts_as_failed()
    {
        TestRun run = new();
        run.Add("one", trx: null, exitCode: 1);

        Assert.Equal((0, 1), (run.Passed, run.Failed));
    }

    [Fact]
    public void A_test_host_that_dies_after_its_last_result_counts_as_failed()
    {
        TestRun run = new();
        run.Add("one", Trx(total: 5, passed: 5), exitCode: 134);

        Assert.Equal((5, 1), (run.Passed, run.Failed));
    }

    [Fact]
    public void Tests_that_were_cut_off_count_as_failed()
    {
        TestRun run = new();
        run.Add("one", Trx(total: 7, passed: 5), exitCode: 1);

        Assert.Equal((5, 2), (run.Passed, run.Failed));
    }

    private static XDocument Trx(int total, int passed) => XDocument.Parse($"""
        <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
          <ResultSummary outcome="Completed">
            <Counters total="{total}" executed="{total}" passed="{passed}" failed="0" />
          </ResultSummary>
        </TestRun>
        """);
}
