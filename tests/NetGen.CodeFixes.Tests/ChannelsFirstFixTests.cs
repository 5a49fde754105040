using System.Threading.Tasks;
using NetGen.CodeFixes;
using Xunit;

namespace NetGen.Tests.CodeFixes;

public class ChannelsFirstFixTests
{
    [Theory]
    [InlineData(
        "[{|NG2001:Network(28, 28, 1)|}, Conv2d(16, 3, Padding = 1), Flatten, Linear(10)] partial class Net;",
        "[Network(1, 28, 28), Conv2d(16, 3, Padding = 1), Flatten, Linear(10)] partial class Net;")]
    [InlineData(
        "static class Picture { public const int Height = 32, Width = 48; }\n[{|NG2001:Network(Picture.Height /* up */, Picture.Width, 3)|}, Conv2d(16, 3, Padding = 1)] partial class Net;",
        "static class Picture { public const int Height = 32, Width = 48; }\n[Network(3 /* up */, Picture.Height, Picture.Width), Conv2d(16, 3, Padding = 1)] partial class Net;")]
    [InlineData(
        "[{|NG2001:Network(100, 1)|}, Conv1d(8, 3, Padding = 1), Flatten] partial class Net;",
        "[Network(1, 100), Conv1d(8, 3, Padding = 1), Flatten] partial class Net;")]
    public Task The_channels_go_first(string before, string after) => FixCheck.Mends<ChannelsFirstFix>(before, after);

    [Fact]
    public Task An_array_stays() => FixCheck.OffersNothing<ChannelsFirstFix>("[{|NG2001:Network([28, 28, 1])|}, Conv2d(16, 3, Padding = 1)] partial class Net;");
}
