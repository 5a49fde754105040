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
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!DeclarationParser.HasNetGenAttributes(type))
            return;
        (NetworkDeclaration? declaration, EquatableArray<DeclarationError> errors) = DeclarationParser.Parse(type, context.CancellationToken);
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
        Location identifier = Identifier(type, attributes);
        foreach (DeclarationError error in errors)
        {
            Location location = error.Attribute < 0 ? identifier : Locate(attributes[error.Attribute]) ?? identifier;
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.Get(error.Rule), location, error.Arguments.ToArray<object>()));
        }

        if (declaration is not null && GraphBuilder.Build(declaration, new ErrorSink()) is { } graph)
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.Get(Rules.Report), identifier, type.Name, Text(graph.ParameterCount), Text(graph.MultiplyAccumulates), Text(graph.FloatingPointOperations)));
    }

    private static Location? Locate(DeclarationAttribute attribute) => attribute.Syntax?.GetSyntax().GetLocation();

    /// <summary>The class's name where [Network] stands, or the first of the attributes.</summary>
    private static Location Identifier(INamedTypeSymbol type, ImmutableArray<DeclarationAttribute> attributes)
    {
        DeclarationAttribute attribute = attributes.FirstOrDefault(candidate => candidate.Role == AttributeRole.Network) ?? attributes[0];
        return attribute.Syntax?.GetSyntax().FirstAncestorOrSelf<BaseTypeDeclarationSyntax>()?.Identifier.GetLocation() ?? type.Locations[0];
    }

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
