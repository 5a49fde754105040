using System;
using System.Text;

namespace NetGen.Generator.Emission;

/// <summary>Lines of C# with indentation; always <c>\n</c>.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Statements since the last opened header; a block is one.</summary>
    private int _statements;

    public void Line(string line = "")
    {
        if (!line.StartsWith("//", StringComparison.Ordinal))
            _statements++;
        Write(line);
    }

    /// <summary>A header with one line under it.</summary>
    public void Single(string header, string line)
    {
        using (Under(header))
            Line(line);
    }

    /// <summary>A header; until the result is disposed, one statement follows under it without braces.</summary>
    public Closing Under(string header)
    {
        Line(header);
        _depth++;
        return new Closing(this, null, _statements);
    }

    /// <summary>Opens a brace that the result closes with <paramref name="end"/>.</summary>
    public Closing Block(string? header = null, string end = "}")
    {
        Line(header ?? "{");
        if (header is not null)
            Write("{");
        return Open(end, null);
    }

    /// <summary>A loop or the like: with braces where more than one statement follows until the result is disposed.</summary>
    public Closing Loop(string header)
    {
        Line(header);
        int brace = _text.Length;
        Write("{");
        return Open("}", brace);
    }

    /// <summary>Braces that belong to the line before.</summary>
    public Closing Braces(string end)
    {
        Write("{");
        return Open(end, null);
    }

    private Closing Open(string end, int? brace)
    {
        var closing = new Closing(this, end, _statements, brace);
        _depth++;
        _statements = 0;
        return closing;
    }

    private void Write(string line)
    {
        if (line.Length > 0)
            _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
    }

    public override string ToString() => _text.ToString();

    /// <summary>The end of what a header opened; the default one ends nothing.</summary>
    /// <param name="writer">Where it ends.</param>
    /// <param name="end">The line that ends it, if any.</param>
    /// <param name="statements">The statements around it, itself counted.</param>
    /// <param name="brace">Where the brace stands that a single statement does without.</param>
    internal readonly struct Closing(CodeWriter? writer, string? end, int statements, int? brace = null) : IDisposable
    {
        public void Dispose()
        {
            if (writer is null)
                return;
            writer._depth--;
            if (brace is { } place && writer._statements == 1)
                writer._text.Remove(place, (writer._depth * 4) + 2);
            else if (end is not null)
                writer.Write(end);
            writer._statements = statements;
        }
    }
}
