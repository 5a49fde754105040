using System.Threading.Tasks;
using NetGen.CodeFixes;
using Xunit;

namespace NetGen.Tests.CodeFixes;

public class InsertFlattenFixTests
{
    [Theory]
    [InlineData("[Network(1, 28, 28), {|NG1018:Linear(10)|}] partial class Net;", "[Network(1, 28, 28), Flatten, Linear(10)] partial class Net;")]
    [InlineData("[Network(1, 28, 28)]\n[{|NG1018:Linear(10)|}, // The classes.\n ReLU]\npartial class Net;", "[Network(1, 28, 28)]\n[Flatten, Linear(10), // The classes.\n ReLU]\npartial class Net;")]
    [InlineData("[NetGen.Network(2, 4), {|NG1018:NetGen.LogSumExp|}] partial class Net;", "[NetGen.Network(2, 4), NetGen.Flatten, NetGen.LogSumExp] partial class Net;")]
    [InlineData("[Network(10, 1, 1), ReLU, {|NG1018:CrossEntropyLoss|}] partial class Net;", "[Network(10, 1, 1), ReLU, Flatten, CrossEntropyLoss] partial class Net;")]
    [InlineData(
        "[Network(1, 4, 4), {|NG1018:Linear(10)|}] partial class One;\n[Network(1, 4, 4), {|NG1018:Linear(9)|}] partial class Two;",
        "[Network(1, 4, 4), Flatten, Linear(10)] partial class One;\n[Network(1, 4, 4), Flatten, Linear(9)] partial class Two;")]
    public Task Flatten_goes_before_the_layer(string before, string after) => FixCheck.Mends<InsertFlattenFix>(before, after, "Flatten");

    [Theory]
    [InlineData("[Network(3, 5, 5), ReLU, {|NG1018:CrossEntropyLoss|}] partial class Net;", "[Network(3, 5, 5), ReLU, GlobalAvgPool2d, Flatten, CrossEntropyLoss] partial class Net;")]
    [InlineData("[Network(3, 5), ReLU, {|NG1018:CrossEntropyLoss|}] partial class Net;", "[Network(3, 5), ReLU, GlobalAvgPool1d, Flatten, CrossEntropyLoss] partial class Net;")]
    public Task A_pool_goes_before_a_loss_over_places(string before, string after) => FixCheck.Mends<InsertFlattenFix>(before, after, "GlobalAvgPool");

    [Fact]
    public Task Flatten_goes_into_a_block() => FixCheck.Mends<InsertFlattenFix>(
        "[Block, ReLU, {|NG1018:Linear(4)|}] class Head; [Network(1, 2, 2), Sequential<Head>] partial class Net;",
        "[Block, ReLU, Flatten, Linear(4)] class Head; [Network(1, 2, 2), Sequential<Head>] partial class Net;",
        "Flatten", isLocal: false);

    /// <summary>A residual around it would add shapes that differ.</summary>
    [Fact]
    public Task Flatten_goes_before_the_uses_of_a_block_that_begins_with_the_layer() => FixCheck.Mends<InsertFlattenFix>(
        ["[Block, {|NG1018:Linear(4)|}, ReLU] class Body; [Block, Residual<Body>] class Outer;", "[Network(1, 2, 2), Residual<Body>] partial class One; [Network(2, 2), Repeat<Outer>(3)] partial class Two;"],
        ["[Block, Linear(4), ReLU] class Body; [Block, Residual<Body>] class Outer;", "[Network(1, 2, 2), Flatten, Residual<Body>] partial class One; [Network(2, 2), Flatten, Repeat<Outer>(3)] partial class Two;"],
        "Flatten.Use", isLocal: false);
}
