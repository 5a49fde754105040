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
    private readonly DeclarationMemory<Findings> _memory = new();

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Descriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();

        // The generator compiles networks in generated files too, and their mistakes would otherwise be silent.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.RegisterCompilationStartAction(start =>
        {
            var uses = new BlockUses(start.Compilation);
            start.RegisterSymbolAction(symbol => Analyze(symbol, uses), SymbolKind.NamedType);
        });
    }

    private void Analyze(SymbolAnalysisContext context, BlockUses uses)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        TypeDeclarationSyntax[] parts = [.. ClassChecks.UserParts(type).Where(part => part.AttributeLists.Count > 0)];
        if (parts.Length == 0)
            return;
        Findings findings = _memory.Get(context.Compilation, parts[0], () => Findings.Of(DeclarationParser.Parse(type, context.CancellationToken)));
        if (findings.Errors.Count > 0)
            Report(context, findings.Errors, uses);
        if (findings.Cost is { } cost)
        {
            Location identifier = parts.Length == 1 ? parts[0].Identifier.GetLocation() : Identifier(type, DeclarationAttribute.Of(type));
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.Get(Rules.Report), identifier, type.Name, Text(cost.Parameters), Text(cost.MultiplyAccumulates), Text(cost.FloatingPointOperations)));
        }
    }

    private static void Report(SymbolAnalysisContext context, EquatableArray<DeclarationError> errors, BlockUses uses)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
        bool isBlock = attributes.Any(attribute => attribute.Role == AttributeRole.Block) && attributes.All(attribute => attribute.Role != AttributeRole.Network);
        foreach (DeclarationError error in errors)
        {
            DeclarationAttribute? place = error.Attribute < 0 ? null : BlockUses.Attribute(type, attributes, error);
            Location location = error.Name is { } name ? AttributeNames.Of(type).ElementAt(name).GetLocation() : place?.Location ?? Identifier(type, attributes);
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
