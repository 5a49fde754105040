using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using NetGen.Generator.Compiler;
using NetGen.Generator.Parsing;

namespace NetGen.Generator.Diagnostics;

/// <summary>Uses of members that a network has only with a loss. C# says that there is no such member, and this why.</summary>
internal static class LossUses
{
    public static void Register(CompilationStartAnalysisContext context) =>
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.SimpleMemberAccessExpression, SyntaxKind.MemberBindingExpression, SyntaxKind.InvocationExpression);

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        SimpleNameSyntax? name = context.Node switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            MemberBindingExpressionSyntax binding => binding.Name,

            // Within the network's own class.
            InvocationExpressionSyntax { Expression: IdentifierNameSyntax called } => called,
            _ => null,
        };
        if (name?.Identifier.ValueText is not (GeneratedMembers.TrainStep or GeneratedMembers.ComputeGradients or GeneratedMembers.EvaluateLoss))
            return;
        ExpressionSyntax? of = context.Node is MemberAccessExpressionSyntax member ? member.Expression : context.Node.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>()?.Expression;
        ITypeSymbol? owner = context.Node is InvocationExpressionSyntax ? context.ContainingSymbol?.ContainingType : of is null ? null : context.SemanticModel.GetTypeInfo(of, context.CancellationToken).Type;
        SymbolInfo found = context.SemanticModel.GetSymbolInfo(name, context.CancellationToken);

        // There is an overload that takes a loss of the user's own: it is not what targets are given to.
        if (found.Symbol is not null || !(found.CandidateSymbols.IsEmpty || (found.CandidateSymbols.All(ClassChecks.IsGenerated) && TakesTargets(context))) || owner is not INamedTypeSymbol type)
            return;

        // Of a network whose declaration has a mistake that is told, and nothing else; an attribute that nobody knows may be its loss.
        AttributeRole?[] roles = [.. type.GetAttributes().Select(DeclarationAttribute.RoleOf)];
        if (type.GetAttributes().Any(UnknownAttribute.Is))
            return;
        if (roles.Contains(AttributeRole.Network) && !roles.Contains(AttributeRole.Loss) && ClassChecks.GeneratedFile(type) is { } file && !file.EndsWith(GeneratedMembers.ToldSuffix, System.StringComparison.Ordinal))
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.Get(Rules.NoLoss), name.GetLocation(), type.Name, name.Identifier.ValueText));
    }

    private static bool TakesTargets(SyntaxNodeAnalysisContext context) =>
        context.Node.FirstAncestorOrSelf<InvocationExpressionSyntax>()?.ArgumentList.Arguments.ElementAtOrDefault(1)?.Expression is { } second
        && context.SemanticModel.GetTypeInfo(second, context.CancellationToken).Type is { TypeKind: TypeKind.Array or TypeKind.Struct };
}
