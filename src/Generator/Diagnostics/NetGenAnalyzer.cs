using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
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
            var uses = new BlockUses(start.Compilation);
            start.RegisterSymbolAction(symbol => Analyze(symbol, uses), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, BlockUses uses)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!DeclarationParser.HasNetGenAttributes(type))
            return;
        (NetworkDeclaration? declaration, EquatableArray<DeclarationError> errors) = DeclarationParser.Parse(type, context.CancellationToken);
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
        Location identifier = Identifier(type, attributes);
        bool isBlock = attributes.Any(attribute => attribute.Role == AttributeRole.Block) && attributes.All(attribute => attribute.Role != AttributeRole.Network);
        foreach (DeclarationError error in errors)
        {
            DeclarationAttribute? place = error.Attribute < 0 ? null : BlockUses.Place(type, attributes, error);
            Location location = place?.Location ?? identifier;
            List<BlockUse> others = isBlock ? [.. uses.Of(type)] : [];
            if (place is not null && place != attributes[error.Attribute])
            {
                // Several networks can use the block: the first of them reports its mistake, and names the others.
                others = [.. uses.Of(new Mistake(location, error.Rule))];
                if (others.Count > 0 && !SymbolEqualityComparer.Default.Equals(others[0].Network, type))
                    continue;
            }

            context.ReportDiagnostic(Descriptors.Diagnose(error, location, others.Select(use => use.Location)));
        }

        if (declaration is not null && GraphBuilder.Build(declaration, new ErrorSink()) is { } graph)
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.Get(Rules.Report), identifier, type.Name, Text(graph.ParameterCount), Text(graph.MultiplyAccumulates), Text(graph.FloatingPointOperations)));
    }

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
}
