using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace NetGen.CodeFixes;

/// <summary>Changes of texts, collected before any is made, so that all places are those of the source as it is. What is asked for twice is done once.</summary>
internal sealed class Edits
{
    private readonly Dictionary<SyntaxTree, HashSet<TextChange>> _changes = [];
    private readonly HashSet<SyntaxNode> _removed = [];
    private readonly Dictionary<AttributeSyntax, AttributeSyntax> _moved = [];
    private readonly HashSet<(SyntaxNode, string)> _names = [];

    public void Insert(SyntaxTree tree, int position, string text) => Replace(tree, new TextSpan(position, 0), text);

    public void Replace(SyntaxNodeOrToken old, string text) => Replace(old.SyntaxTree!, old.Span, text);

    public void Replace(SyntaxTree tree, TextSpan span, string text)
    {
        if (!_changes.TryGetValue(tree, out HashSet<TextChange> changes))
            _changes.Add(tree, changes = []);
        changes.Add(new TextChange(span, text));
    }

    /// <summary>Inserts lines behind a type, after an empty one, as far to the right.</summary>
    public void InsertBehind(TypeDeclarationSyntax type, params string[] lines)
    {
        SourceText text = type.SyntaxTree.GetText();
        TextLine line = text.Lines.GetLineFromPosition(type.SpanStart);
        string before = text.ToString(TextSpan.FromBounds(line.Start, type.SpanStart));
        string indent = before.Trim().Length == 0 ? before : "";
        string newLine = line.EndIncludingLineBreak - line.End == 2 ? "\r\n" : "\n";
        string inserted = newLine + string.Join(newLine, lines.Select(one => indent + one));
        int end = type.FullSpan.End;
        Insert(type.SyntaxTree, end, text[end - 1] is '\n' or '\r' ? inserted + newLine : newLine + inserted);
    }

    /// <summary>Moves an attribute behind another, the last of those that are asked for.</summary>
    public void Move(AttributeSyntax attribute, AttributeSyntax target)
    {
        if (!_moved.TryGetValue(attribute, out AttributeSyntax other) || other.SpanStart < target.SpanStart)
            _moved[attribute] = target;
        Remove(attribute);
    }

    /// <summary>Takes an attribute out of its list, and the list away where nothing is left of it. Comments stay.</summary>
    public void Remove(AttributeSyntax attribute) => _removed.Add(attribute);

    /// <summary>The same of an argument.</summary>
    public void Remove(AttributeArgumentSyntax argument) => _removed.Add(argument);

    /// <summary>The first of some names that no other edit has taken in the same place.</summary>
    public string Take(SyntaxNode place, IEnumerable<string> names) => names.First(name => _names.Add((place, name)));

    public async Task<Solution> ApplyAsync(Solution solution, CancellationToken ct)
    {
        foreach (IGrouping<AttributeSyntax, AttributeSyntax> moved in _moved.OrderBy(move => move.Key.SpanStart).GroupBy(move => move.Value, move => move.Key))
            Insert(moved.Key.SyntaxTree, moved.Key.Span.End, string.Concat(moved.Select(attribute => ", " + attribute)));
        foreach (IGrouping<SyntaxNode, SyntaxNode> removed in _removed.GroupBy(element => element.Parent!))
            Remove(removed.Key, [.. removed]);
        Solution changed = solution;
        foreach (KeyValuePair<SyntaxTree, HashSet<TextChange>> edits in _changes)
        {
            if (solution.GetDocument(edits.Key) is not { } document || document is SourceGeneratedDocument)
                continue;
            SourceText text = await document.GetTextAsync(ct).ConfigureAwait(false);
            changed = changed.WithDocumentText(document.Id, text.WithChanges(edits.Value.OrderBy(change => change.Span.Start).ThenBy(change => change.Span.Length)));
        }

        return changed;
    }

    private void Remove(SyntaxNode list, HashSet<SyntaxNode> removed)
    {
        SyntaxNode[] elements = [.. list.ChildNodes().Where(node => node is AttributeSyntax or AttributeArgumentSyntax)];
        SyntaxToken[] commas = [.. list.ChildTokens().Where(token => token.IsKind(SyntaxKind.CommaToken))];
        if (elements.All(removed.Contains))
        {
            RemoveLine(list);
            return;
        }

        // What goes before the first that stays takes the comma behind it along, what goes behind it the one before.
        bool isBehind = false;
        for (int i = 0; i < elements.Length; i++)
        {
            if (!removed.Contains(elements[i]))
                isBehind = true;
            else if (isBehind)
                Remove(list, commas[i - 1], elements[i], TextSpan.FromBounds(elements[i - 1].Span.End, elements[i].Span.End));
            else
                Remove(list, commas[i], elements[i], TextSpan.FromBounds(elements[i].SpanStart, elements[i + 1].SpanStart));
        }
    }

    /// <summary>Takes an element and a comma away, and what is between them and the neighbour, where no comment is.</summary>
    private void Remove(SyntaxNode list, SyntaxToken comma, SyntaxNode element, TextSpan span)
    {
        if (!HasComment(list, span))
        {
            Replace(list.SyntaxTree, span, "");
            return;
        }

        Replace(comma, "");
        Replace(element, "");
    }

    /// <summary>Takes a list away, and the line that it stood on where nothing else is there.</summary>
    private void RemoveLine(SyntaxNode list)
    {
        SourceText text = list.SyntaxTree.GetText();
        (int start, int end) = (list.SpanStart, list.Span.End);
        while (end < text.Length && text[end] is ' ' or '\t')
            end++;
        int line = start;
        while (line > 0 && text[line - 1] is ' ' or '\t')
            line--;
        bool isFirst = line == 0 || text[line - 1] is '\n' or '\r';
        if (isFirst && end < text.Length && text[end] is '\n' or '\r')
        {
            start = line;
            end += text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1;
        }

        Replace(list.SyntaxTree, TextSpan.FromBounds(start, end), "");
    }

    private static bool HasComment(SyntaxNode list, TextSpan span) =>
        list.DescendantTrivia(span).Any(trivia => span.Contains(trivia.Span) && !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia));
}
