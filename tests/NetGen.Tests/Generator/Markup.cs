using System;
using System.Collections.Generic;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace NetGen.Tests.Generator;

/// <summary>Source in which <c>{|NG1001:Net|}</c> marks where a rule is to fire.</summary>
internal sealed class Markup
{
    private Markup(string source, IReadOnlyList<(string Rule, TextSpan Span)> marks)
    {
        Source = source;
        Marks = marks;
    }

    public string Source { get; }

    public IReadOnlyList<(string Rule, TextSpan Span)> Marks { get; }

    public static Markup Parse(string text)
    {
        var source = new StringBuilder();
        var marks = new List<(string, TextSpan)>();
        var open = new Stack<(string Rule, int Start)>();
        for (int i = 0; i < text.Length; i++)
        {
            if (string.CompareOrdinal(text, i, "{|", 0, 2) == 0)
            {
                int colon = text.IndexOf(':', i);
                open.Push((text[(i + 2)..colon], source.Length));
                i = colon;
            }
            else if (open.Count > 0 && string.CompareOrdinal(text, i, "|}", 0, 2) == 0)
            {
                (string rule, int start) = open.Pop();
                marks.Add((rule, TextSpan.FromBounds(start, source.Length)));
                i++;
            }
            else
            {
                source.Append(text[i]);
            }
        }

        if (open.Count > 0)
            throw new ArgumentException("A mark is not closed.", nameof(text));
        return new Markup(source.ToString(), marks);
    }
}
