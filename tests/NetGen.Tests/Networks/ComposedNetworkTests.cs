using System.Linq;
using Xunit;

namespace NetGen.Tests.Networks;

/// <summary>Generated code of drawn compositions against the interpreter.</summary>
public class ComposedNetworkTests
{
    public static TheoryData<int> Groups => [.. Enumerable.Range(0, 4).Select(group => group * RandomNetworkTests.GroupSize)];

    [Theory]
    [MemberData(nameof(Groups))]
    [Trait("Lane", "Slow")]
    public void Generated_code_is_as_accurate_as_single_precision_allows(int first) =>
        NetworkComparison.Check([.. Enumerable.Range(first, RandomNetworkTests.GroupSize).Select(number => new RandomNetwork(number, small: false, composed: true))]);
}
