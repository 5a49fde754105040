using System.Threading.Tasks;
using NetGen.CodeFixes;
using Xunit;

namespace NetGen.Tests.CodeFixes;

public class MakePartialFixTests
{
    [Theory]
    [InlineData("[Network(4), Linear(1)] public sealed class {|NG1001:Net|};", "[Network(4), Linear(1)] public sealed partial class Net;")]
    [InlineData("[Network(4), Linear(1)]\n// A comment.\nclass {|NG1001:Net|} { }", "[Network(4), Linear(1)]\n// A comment.\npartial class Net { }")]
    [InlineData("[Network(4), Linear(1)] class {|NG1001:One|}; [Network(4), Linear(1)] class {|NG1001:Two|};", "[Network(4), Linear(1)] partial class One; [Network(4), Linear(1)] partial class Two;")]
    public Task A_network_becomes_partial(string before, string after) => FixCheck.Mends<MakePartialFix>(before, after);

    [Theory]
    [InlineData(
        "public class Outer { struct Middle { [Network(4), Linear(1)] partial class {|NG1002:{|NG1002:Net|}|}; } }",
        "public partial class Outer { partial struct Middle { [Network(4), Linear(1)] partial class Net; } }")]
    [InlineData(
        "class Outer { [Network(4), Linear(1)] partial class {|NG1002:One|}; [Network(4), Linear(1)] partial class {|NG1002:Two|}; }",
        "partial class Outer { [Network(4), Linear(1)] partial class One; [Network(4), Linear(1)] partial class Two; }")]
    [InlineData("interface IOuter { [Network(4), Linear(1)] partial class {|NG1002:Net|}; }", "partial interface IOuter { [Network(4), Linear(1)] partial class Net; }")]
    [InlineData("record class Outer { [Network(4), Linear(1)] partial class {|NG1002:Net|}; }", "partial record class Outer { [Network(4), Linear(1)] partial class Net; }")]
    public Task A_type_around_a_network_becomes_partial(string before, string after) => FixCheck.Mends<MakePartialFix>(before, after);

    [Fact]
    public Task Every_declaration_becomes_partial() => FixCheck.Mends<MakePartialFix>(
        ["[Network(4), Linear(1)] partial class {|NG1001:Net|};", "class {|CS0260:Net|} { }"],
        ["[Network(4), Linear(1)] partial class Net;", "partial class Net { }"]);
}
