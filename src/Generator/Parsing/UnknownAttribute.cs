using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NetGen.Generator.Parsing;

/// <summary>An attribute that the compiler does not know: misspelt, without its using, or still to be written by another generator, whose business it then is.</summary>
internal static class UnknownAttribute
{
    private const string Loss = "Loss";

    /// <summary>Letters that a misspelt name has wrong at most: two that are exchanged are two.</summary>
    private const int MostWrong = 2;

    /// <summary>Shorter names are others' too, but for a letter or two.</summary>
    private const int LeastLength = 6;

    public static bool Is(AttributeData attribute) => attribute.AttributeClass is null or { TypeKind: TypeKind.Error };

    /// <summary>What the unknown attributes of a class are meant as: losses, and the layers of them that have a <c>Name</c>. Nothing of a class that has no attribute of NetGen's own.</summary>
    public static IEnumerable<(AttributeRole Role, string Name)> Meant(INamedTypeSymbol type)
    {
        ImmutableArray<AttributeData> attributes = type.GetAttributes();
        if (attributes.Select(attribute => attribute.AttributeClass).FirstOrDefault(IsOurs) is not { } ours)
            yield break;
        foreach (AttributeData attribute in attributes.Where(Is))
        {
            if (LayerName(attribute, ours) is { Length: > 0 } name)
                yield return (AttributeRole.Layer, name);
            else if (MayBeLoss(attribute, ours))
                yield return (AttributeRole.Loss, "");
        }
    }

    private static bool IsOurs(INamedTypeSymbol? type) => type is not null && DeclarationAttribute.IsNetGen(type) && DeclarationAttribute.RoleOf(type) is not null;

    /// <summary>Whether a loss is meant: it is called one, or but for a letter or two is one of NetGen's, with its ending or without.</summary>
    private static bool MayBeLoss(AttributeData attribute, INamedTypeSymbol ours) =>
        Name(attribute) is { Length: > 0 } name
        && (name.Contains(Loss) || Names(ours, AttributeRole.Loss).Any(loss => name == Stem(loss) || Resembles(name, loss) || Resembles(name, Stem(loss))));

    /// <summary>The <c>Name</c> that a misspelt layer has; empty of all else.</summary>
    private static string LayerName(AttributeData attribute, INamedTypeSymbol ours) =>
        Name(attribute) is { Length: > 0 } kind && attribute.ApplicationSyntaxReference?.GetSyntax() is AttributeSyntax { ArgumentList.Arguments: var arguments }
        && arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == "Name")?.Expression is LiteralExpressionSyntax literal && literal.IsKind(SyntaxKind.StringLiteralExpression)
        && Names(ours, AttributeRole.Layer).Any(layer => Resembles(kind, layer))
            ? literal.Token.ValueText
            : "";

    private static string Name(AttributeData attribute) => attribute.AttributeClass?.Name ?? "";

    private static string Stem(string loss) => loss.EndsWith(Loss, StringComparison.Ordinal) ? loss.Substring(0, loss.Length - Loss.Length) : loss;

    /// <summary>The names of NetGen's attributes of a role.</summary>
    /// <param name="ours">One of NetGen's attributes.</param>
    /// <param name="role">The role.</param>
    private static IEnumerable<string> Names(INamedTypeSymbol ours, AttributeRole role) => ours.ContainingNamespace.GetTypeMembers()
        .Where(type => !type.IsAbstract && DeclarationAttribute.RoleOf(type) == role)
        .Select(type => type.Name.Substring(0, type.Name.Length - nameof(Attribute).Length));

    private static bool Resembles(string name, string known) => known.Length >= LeastLength && Math.Abs(name.Length - known.Length) <= MostWrong && Distance(name, known) <= MostWrong;

    /// <summary>The letters to change, add or leave out until one is the other: Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
