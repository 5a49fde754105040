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

        // The default initialisers shrink the gradient from layer to layer; torchvision starts VGG from others, as the larger ones here do.
        "Vgg11: NG2070",

        // Means of ReLUs as logits.
        "AllCnn: (NG2025)",
        "NetworkInNetwork: (NG2025)",
        "SqueezeNet: (NG2025)",

        // Two linear layers that are one of a smaller rank: a linear code, a linear bottleneck.
        "DeepAutoencoder: (NG2041)",
        "MobileNetV2: (NG2041)",

        // Windows that do not reach the picture's last rows.
        "CatsAndDogs: (NG2051)",
        "EcgCnn: (NG2051)",
        "KerasCifar: (NG2051)",
        "KerasMnistCnn: (NG2051)",
        "KeywordSpotting: (NG2051)",
        "PilotNet: (NG2051)",
        "SoundM5: (NG2051)",
        "SqueezeNet: (NG2051)",
        "TensorFlowCifar: (NG2051)",

        // A global pool of units that do not see the whole picture.
        "AllCnn: (NG2055)",
        "GoogLeNet: (NG2055)",
        "MobileNetV2: (NG2055)",
        "NetworkInNetwork: (NG2055)",
        "ResNeXt: (NG2055)",
        "SentenceCnn: (NG2055)",
        "SoundM5: (NG2055)",
        "SqueezeNet: (NG2055)",
        "TimeSeriesFcn: (NG2055)",

        // A gradient that shrinks by a factor of some size, with the default initialisers.
        "AlexNet: (NG2078)",
        "AlexNetGroups: (NG2078)",
        "AllCnn: (NG2078)",
        "CharCnn: (NG2078)",
        "GoogLeNet: (NG2078)",
        "ZFNet: (NG2078)",

        // Initialisers of the originals that are made for other activations, or have a fixed scale.
        "GoogLeNet: (NG2076)",
        "NetworkInNetwork: (NG2076)",
        "PilotNet: (NG2076)",
        "Vgg13: (NG2076)",
        "Vgg16: (NG2076)",
        "Vgg19: (NG2076)",
    ];

    [Fact]
    public async Task The_build_says_what_is_expected()
    {
        CSharpCompilation compilation = Code.Compile(Declared.Data("WellKnownNetworks.cs").Replace("using NetGen;", "", StringComparison.Ordinal));
        string[] networks = [.. compilation.SyntaxTrees[0].GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Where(type => type.Modifiers.Any(SyntaxKind.PartialKeyword)).Select(type => type.Identifier.Text)];
        Assert.InRange(networks.Length, 60, 1000);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Diagnostic[] said = [.. (await Code.Analyze(compilation)).Where(diagnostic => !Declared.IsOfCost(diagnostic))];
        string[] lines = [.. Text(said)];
        Assert.True(s_expected.Order(StringComparer.Ordinal).SequenceEqual(lines), $"not said: {string.Join(", ", s_expected.Except(lines))}\nsaid: {string.Join(", ", lines.Except(s_expected))}");
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
