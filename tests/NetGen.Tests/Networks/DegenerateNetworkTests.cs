using System.Linq;
using NetGen.Generator.Compiler.Passes;
using NetGen.Tests.Infrastructure;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Generated code of networks in which little happens compiles, and does that, whichever passes prepare it.</summary>
[Trait("Lane", "Slow")]
public class DegenerateNetworkTests
{
    private static readonly RandomNetwork[] s_networks = [.. Enumerable.Range(0, 300).Select(number => new RandomNetwork(DegenerateNetworks.Draw(number), 1 + (number % 4)))];

    [Fact]
    public void Generated_code_is_as_accurate_as_single_precision_allows() => NetworkComparison.Check(s_networks, GeneratedNetworks.Create(s_networks));

    [Fact]
    public void Networks_are_as_accurate_without_any_pass()
    {
        RandomNetwork[] networks = s_networks[..100];
        NetworkComparison.Check(networks, GeneratedNetworks.Create(networks, [.. PassPipeline.Names.Where(name => name != nameof(MarkInputGradient))]));
    }
}
