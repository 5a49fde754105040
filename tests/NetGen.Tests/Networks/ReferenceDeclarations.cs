using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using NetGen.Generator.Compiler;
using NetGen.Generator.Parsing;

namespace NetGen.Tests.Networks;

/// <summary>The networks of the reference and of the fixtures, read from the files that declare them.</summary>
internal static class ReferenceDeclarations
{
    /// <summary>The networks of the fixtures, and those that are timed in another size.</summary>
    private static readonly Dictionary<string, string> s_classes = new()
    {
        ["hw5-sigmoid-mlp"] = "SigmoidMlp",
        ["two-layer-scalar"] = "TwoLayerScalar",
        ["mnist-mlp"] = "MnistMlp",
        ["activations"] = "EveryActivation",
        ["loss-bce-with-logits"] = "BinaryClassifier",
        ["loss-huber"] = "HuberRegression",
        ["loss-l1"] = "AbsoluteRegression",
        ["conv1d-chain"] = "Conv1dChain",
        ["lenet5"] = "LeNet5",
        ["avgpool-stride"] = "StridedAverages",
        ["bottleneck"] = "SmallBottleneck",
        ["log-sum-exp"] = "LinearSmoothMaximum",
        ["residual-mlp"] = "ResidualMlp",
        ["residual-mlp-64x10"] = "WideResidualMlp",
        ["inception-1"] = "Inception",
        ["inception-2"] = "BottleneckInception",
        ["stm"] = "SmallSplitTransformMerge",
        ["stm-32"] = "SplitTransformMerge",
        ["alexnet-mnist"] = "MnistAlexNet",
        ["alexnet"] = "AlexNet",
    };

    private static readonly Lazy<CSharpCompilation> s_sources = new(() => CSharpCompilation.Create(
        "References",
        typeof(ReferenceDeclarations).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".cs", StringComparison.Ordinal)).Select(Parse),
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var file && (file.StartsWith("System.", StringComparison.Ordinal) || file == "NetGen.dll"))
            .Select(path => MetadataReference.CreateFromFile(path))));

    /// <param name="name">A fixture's, or one of the other sizes'.</param>
    public static NetworkDeclaration Of(string name)
    {
        var type = (INamedTypeSymbol)s_sources.Value.GetSymbolsWithName(s_classes[name], SymbolFilter.Type).Single();
        return DeclarationParser.Parse(type, default).Declaration ?? throw new InvalidOperationException($"The declaration of {type.Name} has a mistake.");
    }

    private static SyntaxTree Parse(string resource)
    {
        using Stream file = typeof(ReferenceDeclarations).Assembly.GetManifestResourceStream(resource)!;
        return CSharpSyntaxTree.ParseText(SourceText.From(file));
    }
}
