using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class GuestWorkTests
{
    [Theory]
    [InlineData("LAB: work: 412 tasks, 905 of 980 MiB in use", 412, 905, 980)]
    [InlineData("LAB: work: 1 tasks, 0 of 1 MiB in use", 1, 0, 1)]
    public void A_guest_tells_what_it_did(string line, int tasks, int memory, int total) =>
        Assert.Equal(new GuestWork(tasks, memory, total), GuestWork.Parse(line));

    [Theory]
    [InlineData("LAB: ready")]
    [InlineData("echo \"LAB: work: $tasks tasks, $((total - free)) of $total MiB in use\"")]
    [InlineData("LAB: work:  tasks, 905 of 980 MiB in use")]
    public void Other_lines_tell_nothing(string line) => Assert.Null(GuestWork.Parse(line));

    [Theory]
    [InlineData(GuestLoad.Idle)]
    [InlineData(GuestLoad.Busy)]
    public void The_work_is_a_script_that_a_shell_understands(GuestLoad load)
    {
        HostCommand.Outcome outcome = HostCommand.Run(
            "sh", ["-n"], System.TimeSpan.FromMinutes(1), GuestWork.Script(load) + "\n");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
    }

    [Fact]
    public void Both_loads_tell_by_the_same_line_and_only_one_of_them_works()
    {
        Assert.EndsWith(GuestWork.Script(GuestLoad.Idle), GuestWork.Script(GuestLoad.Busy));
        Assert.Contains("/dev/urandom", GuestWork.Script(GuestLoad.Busy));
        Assert.Contains("LAB: failed", GuestWork.Script(GuestLoad.Busy));
        Assert.DoesNotContain("/dev/urandom", GuestWork.Script(GuestLoad.Idle));
    }
}
