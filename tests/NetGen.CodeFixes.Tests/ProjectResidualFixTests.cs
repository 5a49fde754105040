using System.Threading.Tasks;
using NetGen.CodeFixes;
using Xunit;

namespace NetGen.Tests.CodeFixes;

public class ProjectResidualFixTests
{
    [Theory]
    [InlineData("Network(3, 8, 8)", "Conv2d(16, 3, Padding = 1)", "Conv2d(16, 1)")]
    [InlineData("Network(16, 8, 8)", "Conv2d(16, 3, Stride = 2, Padding = 1)", "Conv2d(16, 1, Stride = 2)")]
    [InlineData("Network(16, 10, 7)", "Conv2d(8, 3, StrideHW = [4, 2], Padding = 1)", "Conv2d(8, 1, StrideHW = [4, 2])")]
    [InlineData("Network(2, 16)", "Conv1d(4, 3, Stride = 2, Padding = 1)", "Conv1d(4, 1, Stride = 2)")]
    [InlineData("Network(32)", "Linear(64)", "Linear(64)")]
    public Task The_block_is_summed_with_a_projection(string network, string layer, string projection) => FixCheck.Mends<ProjectResidualFix>(
        $"[Block, {layer}, ReLU]\nclass Body;\n\n[{network}]\n[{{|NG1033:Residual<Body>|}}, ReLU]\npartial class Net; // The network.\n\nclass Other;\n",
        $"[Block, {layer}, ReLU]\nclass Body;\n\n[{network}]\n[Sum<Body, BodyProjection>, ReLU]\npartial class Net; // The network.\n\n[Block, {projection}]\nsealed class BodyProjection;\n\nclass Other;\n");

    [Fact]
    public Task Arguments_indentation_and_qualification_stay() => FixCheck.Mends<ProjectResidualFix>(
        "static partial class Models\n{\n    [NetGen.Block, NetGen.Linear(2)]\n    class Body;\n\n    [NetGen.Network(4), {|NG1033:NetGen.Residual<Models.Body>(Name = \"first\")|}]\n    partial class Net\n    {\n    }\n}\n",
        "static partial class Models\n{\n    [NetGen.Block, NetGen.Linear(2)]\n    class Body;\n\n    [NetGen.Network(4), NetGen.Sum<Models.Body, BodyProjection>(Name = \"first\")]\n    partial class Net\n    {\n    }\n\n    [NetGen.Block, NetGen.Linear(2)]\n    sealed class BodyProjection;\n}\n");

    [Fact]
    public Task Every_projection_has_a_name_of_its_own() => FixCheck.Mends<ProjectResidualFix>(
        "class BodyProjection;\n[Block, Linear(2)] class Body;\n[Network(4), {|NG1033:Residual<Body>|}] partial class One;\n[Network(8), {|NG1033:Residual<Body>|}] partial class Two;",
        "class BodyProjection;\n[Block, Linear(2)] class Body;\n[Network(4), Sum<Body, BodyProjection2>] partial class One;\n\n[Block, Linear(2)]\nsealed class BodyProjection2;\n"
        + "[Network(8), Sum<Body, BodyProjection3>] partial class Two;\n\n[Block, Linear(2)]\nsealed class BodyProjection3;");

    [Fact]
    public Task A_residual_in_a_block_has_the_projection_beside_the_block() => FixCheck.Mends<ProjectResidualFix>(
        ["[Block, Linear(2)] class Body;\n[Block, {|NG1033:Residual<Body>|}, ReLU] class Outer;", "[Network(4), Sequential<Outer>] partial class Net;"],
        ["[Block, Linear(2)] class Body;\n[Block, Sum<Body, BodyProjection>, ReLU] class Outer;\n\n[Block, Linear(2)]\nsealed class BodyProjection;", "[Network(4), Sequential<Outer>] partial class Net;"],
        isLocal: false);

    /// <summary>No 1x1 convolution leads from 8x8 to 6x6, and none from a picture to features.</summary>
    [Theory]
    [InlineData("[Block, Conv2d(1, 3)] class Body; [Network(1, 8, 8), {|NG1033:Residual<Body>|}] partial class Net;")]
    [InlineData("[Block, Flatten, Linear(64)] class Body; [Network(1, 8, 8), {|NG1033:Residual<Body>|}] partial class Net;")]
    public Task Nothing_is_offered_where_no_projection_leads(string source) => FixCheck.OffersNothing<ProjectResidualFix>(source);
}
