using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using NetGen.Generator.Compiler;
using NetGen.Generator.Parsing;

namespace NetGen.Generator.Diagnostics;

/// <summary>
/// Tells the mistakes of a compilation's classes, each at the attribute's own place. The analyzer does where it runs. Where it does not, or nobody can tell, the generator does,
/// and leaves a file behind by which the analyzer, which may be there after all, sees that all is told.
/// </summary>
internal sealed class Reporter
{
    /// <summary>The file that says that the generator has told the mistakes.</summary>
    public const string MarkName = "Mistakes" + GeneratedMembers.FileSuffix;

    /// <summary>What the package's targets tell the compiler; see <c>buildTransitive/NetGen.targets</c>.</summary>
    private const string AnalyzersRunOption = "build_property.NetGenAnalyzersRun";

    private readonly Compilation _compilation;
    private readonly DeclarationMemory<Findings> _memory;
    private readonly BlockUses _uses;
    private readonly string? _aliases;
    private readonly Lazy<INamedTypeSymbol?> _firstNetwork;

    /// <param name="compilation">The compilation.</param>
    /// <param name="memory">What is known of its classes from those before.</param>
    public Reporter(Compilation compilation, DeclarationMemory<Findings> memory)
    {
        (_compilation, _memory) = (compilation, memory);
        _aliases = RuntimeReference.Aliases(compilation);
        _firstNetwork = new(() => BlockUses.Networks(compilation).FirstOrDefault());
        _uses = new BlockUses(compilation, type => Find(type, CancellationToken.None));
    }

    /// <summary>Whether the build says that analyzers run in it. A project that does not take the targets in says nothing.</summary>
    public static bool AnalyzersRun(AnalyzerConfigOptions build) =>
        build.TryGetValue(AnalyzersRunOption, out string? value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the generator has told the mistakes of the compilation, of which its files are a part.</summary>
    public static bool IsDone(Compilation compilation) => compilation.SyntaxTrees.Any(tree => Path.GetFileName(tree.FilePath) == MarkName);

    /// <summary>Tells the errors of all classes of the source: their mistakes, and where they contradict what is stated of them.</summary>
    public void ReportAll(Action<Diagnostic> report, CancellationToken ct)
    {
        foreach (INamedTypeSymbol type in BlockUses.Types(_compilation))
        {
            ct.ThrowIfCancellationRequested();
            if (Report(type, report, ct) is { Cost: not null } findings)
                Report(type, [.. findings.Contradictions], report);
        }
    }

    /// <summary>Tells the mistakes of a class; what is found of it, or null where it is none of ours to look at.</summary>
    public Findings? Report(INamedTypeSymbol type, Action<Diagnostic> report, CancellationToken ct)
    {
        if (_aliases is not null)
        {
            // Of the project, so once.
            if (SymbolEqualityComparer.Default.Equals(type, _firstNetwork.Value))
                report(Diagnostic.Create(Descriptors.Get(Rules.HiddenRuntime), Identifier(type, DeclarationAttribute.Of(type)), _aliases));
            return null;
        }

        Findings? findings = Find(type, ct);
        if (findings?.Errors.Count > 0)
            Report(type, [.. findings.Errors], report);
        return findings;
    }

    /// <summary>Tells what is said of a network that compiles.</summary>
    /// <param name="type">The class.</param>
    /// <param name="findings">What is found of it.</param>
    /// <param name="isTold">Whether the generator has told the errors among it.</param>
    /// <param name="report">Takes what is said.</param>
    public void ReportAdvice(INamedTypeSymbol type, Findings findings, bool isTold, Action<Diagnostic> report)
    {
        if (findings.Advice.Count > 0)
            Report(type, isTold ? [.. findings.Advice.Except(findings.Contradictions)] : [.. findings.Advice], report);
    }

    /// <summary>The class's name where [Network] or [Block] stands, or the first of the attributes.</summary>
    public static Location Identifier(INamedTypeSymbol type, ImmutableArray<DeclarationAttribute> attributes)
    {
        DeclarationAttribute attribute =
            attributes.FirstOrDefault(candidate => candidate.Role == AttributeRole.Network)
            ?? attributes.FirstOrDefault(candidate => candidate.Role == AttributeRole.Block)
            ?? attributes[0];
        return attribute.Syntax?.GetSyntax().FirstAncestorOrSelf<BaseTypeDeclarationSyntax>()?.Identifier.GetLocation() ?? type.Locations[0];
    }

    /// <summary>The mistake of a network that can be read as the compiler sees it, but could not when the generator ran; null where the generator knew it.</summary>
    public static Diagnostic? Unseen(INamedTypeSymbol type, Findings findings)
    {
        if (findings is { Cost: null, Errors.Count: 0 })
            return null;
        string? file = ClassChecks.GeneratedFile(type);
        int? unread = file is null ? null : GeneratedMembers.UnreadAttribute(file);
        if (unread is null && (file is not null || findings.Cost is null))
            return null;
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
        DeclarationAttribute? place = unread is { } index ? attributes.ElementAtOrDefault(index) : null;
        AttributeData? statement = unread is { } behind && place is null ? StatementParser.All(type).ElementAtOrDefault(behind - attributes.Length) : null;
        return Diagnostic.Create(
            Descriptors.Get(Rules.Unseen),
            place?.Location ?? statement?.ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? Identifier(type, attributes),
            type.Name,
            place is not null ? $"an argument of {place.Kind}, or of a block in it," : statement is not null ? $"an argument of {DeclarationAttribute.KindOf(statement)}" : "the class");
    }

    private Findings? Find(INamedTypeSymbol type, CancellationToken ct)
    {
        if (ClassChecks.UserParts(type).FirstOrDefault(part => part.AttributeLists.Count > 0) is not { } declaration)
            return null;

        // Its sizes may mean nothing.
        return ClassChecks.GeneratedFile(type) is { } file && file.EndsWith(GeneratedMembers.ToldSuffix, StringComparison.Ordinal)
            ? null
            : _memory.Get(_compilation, declaration, () => new Findings(DeclarationParser.Parse(type, ct)), (known, now) => now.AreThoseOf(known));
    }

    private void Report(INamedTypeSymbol type, DeclarationError[] errors, Action<Diagnostic> report)
    {
        if (errors.Length == 0)
            return;
        ImmutableArray<DeclarationAttribute> attributes = DeclarationAttribute.Of(type);
        bool isBlock = attributes.Any(attribute => attribute.Role == AttributeRole.Block) && attributes.All(attribute => attribute.Role != AttributeRole.Network);
        foreach (DeclarationError error in errors)
        {
            DeclarationAttribute? place = error.Attribute < 0 ? null : BlockUses.Attribute(type, attributes, error);
            Location location = error.Name is { } name ? AttributeNames.Of(type).ElementAt(name).GetLocation()
                : error.Statement is { } statement && StatementParser.Attributes(type)[statement].ApplicationSyntaxReference is { } syntax ? syntax.GetSyntax().GetLocation()
                : place?.Location ?? Identifier(type, attributes);
            List<BlockUse> others = isBlock ? [.. _uses.Of(type)] : [];
            if (place is not null && place != attributes[error.Attribute])
            {
                // Several networks can use the block: the first of them reports its mistake, and names the others.
                others = [.. _uses.Of(new Mistake(location, error.Rule))];
                if (others.Count > 0 && !SymbolEqualityComparer.Default.Equals(others[0].Network, type))
                    continue;
            }

            report(Descriptors.Diagnose(error, location, others.Select(use => use.Location)));
        }
    }
}
