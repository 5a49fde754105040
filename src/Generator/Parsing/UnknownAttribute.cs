using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NetGen.Generator.Parsing;

/// <summary>An attribute that the compiler does not know: misspelt, without its using, or still to be written by another generator.</summary>
internal static class UnknownAttribute
{
    /// <summary>What names of losses have in common, here and elsewhere, one letter more or less.</summary>
    private static readonly string[] s_losses = ["Los", "Entropy", "Error", "MSE", "Huber", "BCE", "L1"];

    public static bool Is(AttributeData attribute) => attribute.AttributeClass is null or { TypeKind: TypeKind.Error };

    /// <summary>Whether a loss may be meant.</summary>
    public static bool MayBeLoss(AttributeData attribute) =>
        Is(attribute) && attribute.AttributeClass is { Name: var name } && s_losses.Any(part => name.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0);

    /// <summary>The <c>Name</c> that it gives a layer; empty where it gives none.</summary>
    public static string LayerName(AttributeData attribute) =>
        Is(attribute) && attribute.ApplicationSyntaxReference?.GetSyntax() is AttributeSyntax { ArgumentList.Arguments: var arguments }
        && arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == "Name")?.Expression is LiteralExpressionSyntax literal && literal.IsKind(SyntaxKind.StringLiteralExpression)
            ? literal.Token.ValueText
            : "";
}
