using System;
using System.Text;

namespace NetGen.Generator.Emission;

/// <summary>Lines of C# with indentation; always <c>\n</c>.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
    }

    /// <summary>Several lines at the current indentation.</summary>
    public void Lines(string lines)
    {
        foreach (string line in lines.Replace("\r", "").Split('\n'))
            Line(line);
    }

    /// <summary>Opens a brace that the result closes.</summary>
    public Closing Block(string? header = null)
    {
        if (header is not null)
            Line(header);
        Line("{");
        _depth++;
        return new Closing(this);
    }

    public override string ToString() => _text.ToString();

    internal readonly struct Closing(CodeWriter writer) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            writer.Line("}");
        }
    }
}
