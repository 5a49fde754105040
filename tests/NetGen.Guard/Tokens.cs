using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace NetGen.Guard;

/// <summary>
/// Generated text without what may differ between equal programs: comments, white space, and the names of locals, parameters and generated methods and structs,
/// which are numbered in order of their first occurrence. What stands beside a dot, and vector types, keep their names.
/// </summary>
internal static class Tokens
{
    public static string Of(string text)
    {
        var names = new Dictionary<string, string>();
        var result = new StringBuilder();
        SyntaxToken previous = default;
        foreach (SyntaxToken token in CSharpSyntaxTree.ParseText(text).GetRoot().DescendantTokens())
        {
            string word = token.Text;
            if (token.IsKind(SyntaxKind.IdentifierToken) && !previous.IsKind(SyntaxKind.DotToken) && !token.GetNextToken().IsKind(SyntaxKind.DotToken)
                && !word.StartsWith("Vector", System.StringComparison.Ordinal))
            {
                if (!names.TryGetValue(word, out string? name))
                    names.Add(word, name = "_" + names.Count.ToString(CultureInfo.InvariantCulture));
                word = name;
            }

            result.Append(word).Append(word is ";" or "{" or "}" ? '\n' : ' ');
            previous = token;
        }

        return result.ToString();
    }
}
