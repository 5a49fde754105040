using System.Threading.Tasks;
using NetGen.CodeFixes;
using Xunit;

namespace NetGen.Tests.CodeFixes;

public class RenameLayerFixTests
{
    [Theory]
    [InlineData("[Network(4), Linear(4, Name = \"fc\"), {|NG1012:Linear(1, Name = \"Fc\")|}] partial class Net;", "[Network(4), Linear(4, Name = \"fc\"), Linear(1, Name = \"Fc2\")] partial class Net;")]
    [InlineData(
        "[Network(4), Linear(4, Name = \"fc1\"), Linear(4, Name = \"fc2\"), {|NG1012:Linear(1, Name = \"fc1\")|}] partial class Net;",
        "[Network(4), Linear(4, Name = \"fc1\"), Linear(4, Name = \"fc2\"), Linear(1, Name = \"fc3\")] partial class Net;")]
    [InlineData("[Network(4), {|NG1012:Linear(1, Name = \"predict\")|}] partial class Net;", "[Network(4), Linear(1, Name = \"predict2\")] partial class Net;")]
    [InlineData("[Network(4), {|NG1012:Linear(1, Name = \"net\")|}] partial class Net;", "[Network(4), Linear(1, Name = \"net2\")] partial class Net;")]
    [InlineData(
        "[Block, Linear(4, Name = \"a\"), {|NG1012:Linear(4, Name = \"a\")|}] class Body; [Network(4), Residual<Body>] partial class Net;",
        "[Block, Linear(4, Name = \"a\"), Linear(4, Name = \"a2\")] class Body; [Network(4), Residual<Body>] partial class Net;")]
    [InlineData(
        "static class Names { public const string Last = \"fc\"; } [Network(4), Linear(4, Name = \"fc\"), {|NG1012:Linear(1, Name = Names.Last)|}] partial class Net;",
        "static class Names { public const string Last = \"fc\"; } [Network(4), Linear(4, Name = \"fc\"), Linear(1, Name = \"fc2\")] partial class Net;")]
    [InlineData(
        "[Network(4), {|NG1013:Linear(1, Name = \"fc\")|}] partial class Net { string Fc => Fc2; string Fc2 => nameof(Fc); }",
        "[Network(4), Linear(1, Name = \"fc3\")] partial class Net { string Fc => Fc2; string Fc2 => nameof(Fc); }")]
    public Task A_layer_gets_a_free_name(string before, string after) => FixCheck.Mends<RenameLayerFix>(before, after);

    /// <summary>The other one has no property, so it is the renamed one's that is meant.</summary>
    [Fact]
    public Task Uses_of_the_property_follow() => FixCheck.Mends<RenameLayerFix>(
        [
            "[Network(4), Residual<Identity>(Name = \"fc\"), {|NG1012:Linear(1, Name = \"fc\")|}] partial class Net { string Layer => nameof(Fc); }",
            "/// <summary>Of <see cref=\"Net.Fc\"/>.</summary>\nclass Other { const string Name = nameof(Net.Fc); float F(Net net) => net.Fc.Weight[0, 0]; string Fc => \"Fc\"; }",
        ],
        [
            "[Network(4), Residual<Identity>(Name = \"fc\"), Linear(1, Name = \"fc2\")] partial class Net { string Layer => nameof(Fc2); }",
            "/// <summary>Of <see cref=\"Net.Fc2\"/>.</summary>\nclass Other { const string Name = nameof(Net.Fc2); float F(Net net) => net.Fc2.Weight[0, 0]; string Fc => \"Fc\"; }",
        ]);

    [Fact]
    public Task Uses_of_another_layers_property_stay() => FixCheck.Mends<RenameLayerFix>(
        "[Network(4), Linear(4, Name = \"fc\"), {|NG1012:Linear(1, Name = \"fc\")|}] partial class Net { string Layer => nameof(Fc); }",
        "[Network(4), Linear(4, Name = \"fc\"), Linear(1, Name = \"fc2\")] partial class Net { string Layer => nameof(Fc); }");

    [Fact]
    public Task Layers_renamed_at_once_get_different_names() => FixCheck.Mends<RenameLayerFix>(
        "[Network(4), Linear(4, Name = \"fc\"), {|NG1012:Linear(4, Name = \"fc\")|}, {|NG1012:Linear(1, Name = \"fc\")|}] partial class Net;",
        "[Network(4), Linear(4, Name = \"fc\"), Linear(4, Name = \"fc2\"), Linear(1, Name = \"fc3\")] partial class Net;");

    /// <summary>A member of the user's is the user's to rename.</summary>
    [Fact]
    public Task Nothing_is_offered_for_a_member() => FixCheck.OffersNothing<RenameLayerFix>("[Network(4), Linear(1)] partial class {|NG1013:Net|} { string Summary => \"\"; }");
}
