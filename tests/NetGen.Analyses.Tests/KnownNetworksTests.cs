using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>No rule cries wolf: of well-known networks the build says what stands here, and of all others nothing.</summary>
public class KnownNetworksTests
{
    /// <summary>Warnings, and in parentheses what is said in a lower voice. With a warning a reviewer would agree.</summary>
    private static readonly string[] s_expected =
    [
        // Dropout between a convolution and its max-pool, where the pool hides what is dropped.
        "ActivityCnn: NG2047",
        "KeywordSpotting: NG2047",
        "PyTorchMnistOld: NG2047",

        // Dropout before a batch normalisation, whose variance is another in evaluation; of wide ResNets that is known (Li et al. 2019).
        "WideResNet: NG2046",

        // Means of ReLUs as logits.
        "AllCnn: (NG2025)",
        "NetworkInNetwork: (NG2025)",
        "SqueezeNet: (NG2025)",
    ];

    [Fact]
    public async Task The_build_says_what_is_expected()
    {
        CSharpCompilation compilation = Code.Compile(Declared.Data("WellKnownNetworks.cs").Replace("using NetGen;", "", StringComparison.Ordinal));
        string[] networks = [.. compilation.SyntaxTrees[0].GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Where(type => type.Modifiers.Any(SyntaxKind.PartialKeyword)).Select(type => type.Identifier.Text)];
        Assert.InRange(networks.Length, 60, 1000);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Diagnostic[] said = [.. (await Code.Analyze(compilation)).Where(diagnostic => !Declared.IsOfCost(diagnostic))];
        Assert.Equal(string.Join('\n', s_expected.Order(StringComparer.Ordinal)), string.Join('\n', Text(said)));
    }

    /// <summary>Each rule once a network; what stands in a block is the network's that the message names.</summary>
    private static IEnumerable<string> Text(IEnumerable<Diagnostic> diagnostics) => diagnostics.Select(diagnostic =>
    {
        string message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
        int named = message.LastIndexOf(" of network '", StringComparison.Ordinal);
        SyntaxNode node = diagnostic.Location.SourceTree!.GetRoot().FindNode(diagnostic.Location.SourceSpan);
        string network = named >= 0 ? message[(named + " of network '".Length)..^2] : node.FirstAncestorOrSelf<ClassDeclarationSyntax>()!.Identifier.Text;
        return $"{network}: {(diagnostic.Severity >= DiagnosticSeverity.Warning ? diagnostic.Id : $"({diagnostic.Id})")}";
    }).Distinct().Order(StringComparer.Ordinal);
}
