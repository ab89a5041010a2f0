using System;
using System.CommandLine;
using System.Linq;
using CosmosKdump.Lab.Bench;
using CosmosKdump.Lab.Commands;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab.Bench;

public class BenchPlanTests
{
    [Theory]
    [InlineData(1, 0, 0, true)]
    [InlineData(1, 999, 0, true)]
    [InlineData(2, 20, 19, true)]
    [InlineData(2, 20, 21, false)]
    [InlineData(3, 30, 9, true)]
    [InlineData(4, 4, 1, false)]
    public void A_round_begins_only_if_it_would_end_in_time(int round, int elapsed, int last, bool begins)
    {
        BenchPlan plan = new() { Runs = 3, LimitMinutes = 40 };

        Assert.Equal(begins, plan.HasTimeFor(round, TimeSpan.FromMinutes(elapsed), TimeSpan.FromMinutes(last)));
    }

    [Fact]
    public void The_command_repeats_the_plan()
    {
        BenchPlan plan = new() { Runs = 2, IsQuick = true, Parts = [BenchPart.Dumps, BenchPart.Convert] };

        Assert.Equal("./build.sh bench --runs 2 --minutes 40 --quick --only dumps,convert", plan.Command);
        Assert.Equal("./build.sh bench --runs 3 --minutes 40", new BenchPlan().Command);
    }

    [Fact]
    public void Fewer_parts_and_a_quick_bench_are_expected_to_take_less()
    {
        BenchPlan all = new();

        Assert.All(all.Parts, part => Assert.True((all with { Parts = [part] }).Expected(1) < all.Expected(1)));
        Assert.True((all with { IsQuick = true }).Expected(1) < all.Expected(1));
        Assert.True(all.Expected(2) < all.Expected(1));
    }

    [Theory]
    [InlineData("--only dumps,filter", true)]
    [InlineData("--only Disks --only convert", true)]
    [InlineData("--only dump", false)]
    [InlineData("--runs many", false)]
    public void Parts_are_chosen_by_name(string line, bool isGood)
    {
        ParseResult parsed = BenchCommand.Create().Parse(line);

        Assert.Equal(isGood, parsed.Errors.Count == 0);
    }
}
