using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NetGen.CodeFixes;

/// <summary>NetGen's attributes in the source.</summary>
internal static class Attributes
{
    private const string Suffix = "Attribute";

    /// <summary>The name without its ending: <c>Linear</c>.</summary>
    public static string BareName(this AttributeSyntax attribute)
    {
        string name = Simple(attribute).Identifier.ValueText;
        return name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - Suffix.Length) : name;
    }

    /// <summary>The name without what stands before its last dot.</summary>
    public static SimpleNameSyntax Simple(this AttributeSyntax attribute) => attribute.Name switch
    {
        QualifiedNameSyntax qualified => qualified.Right,
        AliasQualifiedNameSyntax alias => alias.Name,
        var name => (SimpleNameSyntax)name,
    };

    /// <summary>Another attribute of NetGen's as it is written beside this one, with the namespace where it has one.</summary>
    public static string Beside(this AttributeSyntax attribute, string other) =>
        attribute.SyntaxTree.GetText().ToString(Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(attribute.Name.SpanStart, Simple(attribute).SpanStart)) + other;

    /// <summary>The attributes of a class in the order of the source.</summary>
    public static IEnumerable<AttributeSyntax> Of(TypeDeclarationSyntax type) => type.AttributeLists.SelectMany(list => list.Attributes);

    /// <summary>The types between its angle brackets.</summary>
    public static SeparatedSyntaxList<TypeSyntax> TypeArguments(this AttributeSyntax attribute) => Simple(attribute) is GenericNameSyntax generic ? generic.TypeArgumentList.Arguments : default;

    /// <summary>The arguments that are no properties.</summary>
    public static AttributeArgumentSyntax[] Positional(this AttributeSyntax attribute) => [.. attribute.ArgumentList?.Arguments.Where(argument => argument.NameEquals is null) ?? []];

    /// <summary>A property's argument; null where it is not written.</summary>
    public static AttributeArgumentSyntax? Property(this AttributeSyntax attribute, string name) =>
        attribute.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name);
}
