using System;
using System.Text;
using NetGen.Generator.Compiler;

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
        return new Closing(this, null);
    }

    /// <summary>Opens a brace that the result closes with <paramref name="end"/>.</summary>
    public Closing Block(string? header = null, string end = "}")
    {
        if (header is not null)
            Line(header);
        Line("{");
        _depth++;
        return new Closing(this, end);
    }

    /// <summary>The same code for each vector width, of which the JIT keeps one.</summary>
    public void ForEachWidth(Action<Simd> body)
    {
        for (int i = 0; i < Schedule.Lanes.Count; i++)
        {
            var simd = new Simd(Schedule.Lanes[i]);
            bool isLast = i == Schedule.Lanes.Count - 1;
            using (Block(isLast ? "else" : $"{(i == 0 ? "" : "else ")}if ({simd.Class}.IsHardwareAccelerated)"))
                body(simd);
        }
    }

    public override string ToString() => _text.ToString();

    /// <summary>The end of what a header opened; the default one ends nothing.</summary>
    internal readonly struct Closing(CodeWriter? writer, string? end) : IDisposable
    {
        public void Dispose()
        {
            if (writer is null)
                return;
            writer._depth--;
            if (end is not null)
                writer.Line(end);
        }
    }
}
