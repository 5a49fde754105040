using System.Threading.Tasks;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>For each rule about networks that compile a test that shows it firing, at its place and with its text, and one that shows it silent on what is just right.</summary>
public partial class RuleTests
{
    [Fact]
    public Task SoundNetworksAreSilent() => RuleCheck.IsSilent("[Network(784)] [Linear(128), ReLU, Linear(10)] [CrossEntropyLoss] partial class Mlp;", test: "NG");
}
