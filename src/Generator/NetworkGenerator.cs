using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NetGen.Generator.Compiler;
using NetGen.Generator.Emission;
using NetGen.Generator.Parsing;

namespace NetGen.Generator;

/// <summary>
/// Compiles every class with <c>[Network]</c>. Mistakes are the analyzer's to report; the generator passes them over in silence.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class NetworkGenerator : IIncrementalGenerator
{
    /// <summary>The tracking name of the step that yields declarations.</summary>
    internal const string DeclarationStep = "Declaration";

    internal static readonly string Version = typeof(NetworkGenerator).Assembly.GetName().Version.ToString(3);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<NetworkDeclaration> declarations = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "NetGen.NetworkAttribute",
                static (node, _) => node is TypeDeclarationSyntax,
                static (target, cancellation) => target.TargetSymbol is INamedTypeSymbol type ? DeclarationParser.Parse(type, cancellation).Declaration : null)
            .Where(static declaration => declaration is not null)
            .Select(static (declaration, _) => declaration!)
            .WithTrackingName(DeclarationStep);

        context.RegisterSourceOutput(declarations, static (output, declaration) =>
        {
            if (GraphBuilder.Build(declaration, new ErrorSink()) is { } graph)
                output.AddSource(HintName(declaration), NetworkEmitter.Emit(CompiledNetwork.Compile(graph)));
        });
    }

    /// <summary>
    /// The class's full name; a hash of it tells apart those that differ in case only or nest differently, which Roslyn takes for one.
    /// </summary>
    private static string HintName(NetworkDeclaration declaration)
    {
        string name = declaration.Namespace.Length > 0 ? declaration.Namespace + "." : "";
        foreach (ContainingType type in declaration.ContainingTypes)
            name += type.Name + "+";
        name += declaration.Name;
        uint hash = name.Aggregate(2166136261u, (hash, letter) => unchecked((hash ^ letter) * 16777619u)); // FNV-1a
        return name + "." + hash.ToString("x8", CultureInfo.InvariantCulture) + GeneratedMembers.FileSuffix;
    }
}
