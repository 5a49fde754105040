using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using NetGen.Generator.Compiler;
using NetGen.Generator.Parsing;

namespace NetGen.Generator.Diagnostics;

/// <summary>
/// Reports what the parser finds, each mistake at the attribute's own place. The generator stays silent,
/// for a location in its pipeline would make every edit regenerate everything.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NetGenAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Descriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();

        // The generator compiles networks in generated files too, and their mistakes would otherwise be silent.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(static start =>
        {
            Compilation compilation = start.Compilation;
            var uses = new Lazy<ILookup<Mistake, Use>>(() => UsesOfMistakes(compilation), LazyThreadSafetyMode.PublicationOnly);
            start.RegisterSymbolAction(symbol => Analyze(symbol, uses), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, Lazy<ILookup<Mistake, Use>> uses)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!DeclarationParser.HasNetGenAttributes(type))
            return;
        (NetworkDeclaration? declaration, EquatableArray<DeclarationError> errors) = DeclarationParser.Parse(type, context.CancellationToken);
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
        Location identifier = Identifier(type, attributes);
        foreach (DeclarationError error in errors)
        {
            ImmutableArray<Location> others = ImmutableArray<Location>.Empty;
            Location location = identifier;
            if (error.Attribute >= 0)
            {
                DeclarationAttribute place = Place(type, attributes, error);
                location = Locate(place) ?? identifier;
                if (place != attributes[error.Attribute])
                {
                    // Several networks can use the block: the first of them reports its mistake, and names the others.
                    List<Use> all = uses.Value[new Mistake(location, error.Rule, error.Arguments)].ToList();
                    if (all.Count > 0 && !SymbolEqualityComparer.Default.Equals(all[0].Network, type))
                        continue;
                    others = all.Select(use => use.Location).ToImmutableArray();
                }
            }

            context.ReportDiagnostic(Diagnostic.Create(Descriptors.Get(error.Rule), location, others, error.Arguments.ToArray<object>()));
        }

        if (declaration is not null && GraphBuilder.Build(declaration, new ErrorSink()) is { } graph)
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.Get(Rules.Report), identifier, type.Name, Text(graph.ParameterCount), Text(graph.MultiplyAccumulates), Text(graph.FloatingPointOperations)));
    }

    /// <summary>
    /// The attribute that a mistake is about: down through the blocks of a composition, as far as their source is this compilation's.
    /// </summary>
    private static DeclarationAttribute Place(INamedTypeSymbol network, ImmutableArray<DeclarationAttribute> attributes, DeclarationError error)
    {
        DeclarationAttribute place = attributes[error.Attribute];
        for (int i = 0; i + 1 < error.Within.Count; i += 2)
        {
            // Copies share the one type.
            ImmutableArray<ITypeSymbol> types = place.TypeArguments;
            INamedTypeSymbol? block = BlockParser.BlockOf(types[Math.Min(error.Within[i], types.Length - 1)]);
            if (block is null || !SymbolEqualityComparer.Default.Equals(block.ContainingAssembly, network.ContainingAssembly))
                break;
            place = DeclarationAttribute.Of(block).Where(attribute => attribute.Role == AttributeRole.Layer).ElementAt(error.Within[i + 1]);
        }

        return place;
    }

    /// <summary>
    /// The compositions of networks that lead to mistakes in blocks, in the order of the source. It looks at every class, but only where there is such a mistake.
    /// </summary>
    private static ILookup<Mistake, Use> UsesOfMistakes(Compilation compilation)
    {
        var uses = new List<(Mistake Mistake, Use Use)>();
        var containers = new Stack<INamespaceOrTypeSymbol>([compilation.Assembly.GlobalNamespace]);
        while (containers.Count > 0)
        {
            INamespaceOrTypeSymbol container = containers.Pop();
            foreach (INamespaceOrTypeSymbol inner in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
                containers.Push(inner);
            if (container is not INamedTypeSymbol type || !DeclarationParser.HasNetGenAttributes(type))
                continue;
            ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
            foreach (DeclarationError error in DeclarationParser.Parse(type, CancellationToken.None).Errors)
            {
                if (error.Within.Count > 0 && Locate(Place(type, attributes, error)) is { } place && Locate(attributes[error.Attribute]) is { } use)
                    uses.Add((new Mistake(place, error.Rule, error.Arguments), new Use(type, use)));
            }
        }

        return uses
            .OrderBy(use => use.Use.Location.SourceTree!.FilePath, StringComparer.Ordinal)
            .ThenBy(use => use.Use.Location.SourceSpan.Start)
            .ToLookup(use => use.Mistake, use => use.Use);
    }

    private static Location? Locate(DeclarationAttribute attribute) => attribute.Syntax?.GetSyntax().GetLocation();

    /// <summary>The class's name where [Network] or [Block] stands, or the first of the attributes.</summary>
    private static Location Identifier(INamedTypeSymbol type, ImmutableArray<DeclarationAttribute> attributes)
    {
        DeclarationAttribute attribute =
            attributes.FirstOrDefault(candidate => candidate.Role == AttributeRole.Network)
            ?? attributes.FirstOrDefault(candidate => candidate.Role == AttributeRole.Block)
            ?? attributes[0];
        return attribute.Syntax?.GetSyntax().FirstAncestorOrSelf<BaseTypeDeclarationSyntax>()?.Identifier.GetLocation() ?? type.Locations[0];
    }

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A mistake in a block, by what the user sees of it.</summary>
    private sealed record Mistake(Location Place, string Rule, EquatableArray<string> Arguments);

    /// <summary>A composition of a network that leads to a mistake in a block.</summary>
    private sealed record Use(INamedTypeSymbol Network, Location Location);
}
