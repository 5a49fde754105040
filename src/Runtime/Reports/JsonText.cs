using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace NetGen.Reports;

/// <summary>JSON with two spaces of indentation: objects, arrays, strings and numbers. MSBuild of the .NET Framework has no System.Text.Json.</summary>
internal sealed class JsonText
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _isFirst = true;

    /// <summary>An object, in an array or at the start.</summary>
    public JsonText Object(Action members) => Group("{", "}", members);

    public JsonText Object(string name, Action members) => Name(name).Object(members);

    public void Objects<T>(string name, IEnumerable<T> items, Action<T> members)
    {
        Name(name);
        Group("[", "]", () =>
        {
            foreach (T item in items)
            {
                Next();
                Object(() => members(item));
            }
        });
    }

    public void Add(string name, string value) => Name(name)._text.Append(Quoted(value));

    public void Add(string name, long value) => Name(name)._text.Append(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A number; <c>null</c> for none, and what is infinite, for which JSON has no number, a string.</summary>
    public void Add(string name, double value) =>
        Name(name)._text.Append(double.IsNaN(value) ? "null" : double.IsInfinity(value) ? (value > 0 ? "\"Infinity\"" : "\"-Infinity\"") : value.ToString("R", CultureInfo.InvariantCulture));

    public void Add(string name, bool value) => Name(name)._text.Append(value ? "true" : "false");

    public void Add(string name, IEnumerable<int> values) => Name(name)._text.Append('[').Append(string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)))).Append(']');

    public void Add(string name, IEnumerable<string> values) => Name(name)._text.Append('[').Append(string.Join(", ", values.Select(Quoted))).Append(']');

    public override string ToString() => _text.ToString() + "\n";

    /// <summary>A string with what HTML would read as a tag escaped too.</summary>
    public static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (char letter in value)
        {
            if (letter is '"' or '\\')
                text.Append('\\').Append(letter);
            else if (letter is < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029')
                text.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));
            else
                text.Append(letter);
        }

        return text.Append('"').ToString();
    }

    private JsonText Name(string name)
    {
        Next();
        _text.Append(Quoted(name)).Append(": ");
        return this;
    }

    private void Next()
    {
        _text.Append(_isFirst ? "\n" : ",\n").Append(' ', 2 * _depth);
        _isFirst = false;
    }

    private JsonText Group(string start, string end, Action content)
    {
        _text.Append(start);
        _depth++;
        _isFirst = true;
        content();
        _depth--;
        if (!_isFirst)
            _text.Append('\n').Append(' ', 2 * _depth);
        _isFirst = false;
        _text.Append(end);
        return this;
    }
}
