using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Tests.Generator;
using NetGen.Tests.Infrastructure;
using NetGen.Tests.Networks;
using NetGen.Tests.Packaging;
using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("NetGen.Tests.Infrastructure." + nameof(LongestFirst), "NetGen.Tests")]

namespace NetGen.Tests.Infrastructure;

/// <summary>A class is a collection. The longest start first, so that none is left to run alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_longest =
    [
        .. new[]
        {
            typeof(PackageTests), typeof(RandomNetworkTests), typeof(RewriteTests), typeof(ComposedNetworkTests), typeof(ConvolutionalNetworkTests), typeof(PassTests),
            typeof(FuzzTests), typeof(BatchNormTests), typeof(NestVerifierTests), typeof(GeneratedCodeTests), typeof(RuleTests),
        }.Select(type => type.FullName!),
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(s_longest, name => collection.DisplayName.EndsWith(" " + name, StringComparison.Ordinal)) is var place and >= 0 ? place : s_longest.Length);
}
