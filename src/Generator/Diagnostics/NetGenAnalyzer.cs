using System.Collections.Concurrent;
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
/// Reports what the parser finds, each mistake at the attribute's own place. The generator stays silent where the analyzer runs,
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
            var reporter = new Reporter(start.Compilation, _memory);
            bool isTold = Reporter.IsDone(start.Compilation);
            bool isKnownToRun = Reporter.AnalyzersRun(start.Options.AnalyzerConfigOptionsProvider.GlobalOptions);
            var unseen = new ConcurrentBag<Diagnostic>();
            LossUses.Register(start);
            start.RegisterSymbolAction(symbol => Analyze(symbol, reporter, isTold, isKnownToRun ? unseen : null), SymbolKind.NamedType);

            // An editor generates now and then, and analyses always: only at the end of a build the two fit together.
            start.RegisterCompilationEndAction(end =>
            {
                foreach (Diagnostic mistake in unseen)
                    end.ReportDiagnostic(mistake);
            });
        });
    }

    /// <param name="context">The class.</param>
    /// <param name="reporter">Finds the mistakes.</param>
    /// <param name="isTold">Whether the generator has told them.</param>
    /// <param name="unseen">Takes what the generator did not see; null where the compiler tells that.</param>
    private static void Analyze(SymbolAnalysisContext context, Reporter reporter, bool isTold, ConcurrentBag<Diagnostic>? unseen)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var mistakes = new List<Diagnostic>();
        Findings? findings = reporter.Report(type, mistakes.Add, context.CancellationToken);
        if (unseen is not null && findings is not null && Reporter.Unseen(type, findings) is { } mistake)
        {
            unseen.Add(mistake);
            return;
        }

        if (!isTold)
            mistakes.ForEach(context.ReportDiagnostic);
        if (findings?.Cost is { } cost)
        {
            reporter.ReportAdvice(type, findings, isTold, context.ReportDiagnostic);
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.Get(Rules.Report), Identifier(type), type.Name, Text(cost.Parameters), Text(cost.MultiplyAccumulates), Text(cost.FloatingPointOperations)));
        }
    }

    /// <summary>Attributes are bound for it only where they stand on one of several declarations.</summary>
    private static Location Identifier(INamedTypeSymbol type)
    {
        TypeDeclarationSyntax[] parts = [.. ClassChecks.UserParts(type).Where(part => part.AttributeLists.Count > 0)];
        return parts.Length == 1 ? parts[0].Identifier.GetLocation() : Reporter.Identifier(type, DeclarationAttribute.Of(type));
    }

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
