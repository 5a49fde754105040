using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using NetGen.Data;
using NetGen.Training;

namespace NetGen.Csv;

/// <summary>A column of features.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Categories">Its categories in ordinal order, whose places are their codes; null for a column of numbers.</param>
/// <param name="Replacement">What a missing number becomes; null: it is an error. Where there are categories, a missing one is itself a category.</param>
public sealed record CsvColumn(string Name, IReadOnlyList<string>? Categories, float? Replacement)
{
    /// <summary>Whether it is a column of categories.</summary>
    public bool IsCategorical => Categories is not null;
}

/// <summary>
/// What a file's columns are, as learnt from the training file: a row of texts becomes a sample of numbers, in which a category is its code. Saved with a model, it reads later rows alike.
/// </summary>
public sealed class CsvSchema
{
    /// <summary>How a missing category is called.</summary>
    internal const string MissingCategory = "";

    private readonly CsvColumn[] _columns;
    private readonly string[] _missingTexts;
    private readonly string[]? _classes;

    internal CsvSchema(CsvColumn[] columns, string target, string[]? classes, UnknownCategory unknown, string[] missingTexts) =>
        (_columns, Target, _classes, Unknown, _missingTexts) = (columns, target, classes, unknown, missingTexts);

    /// <summary>The columns of features, in the order of a sample's numbers.</summary>
    public IReadOnlyList<CsvColumn> Columns => _columns;

    /// <summary>The column of targets.</summary>
    public string Target { get; }

    /// <summary>The names of the classes in ordinal order, whose places are their numbers; null where the target is a value.</summary>
    public IReadOnlyList<string>? Classes => _classes;

    /// <summary>What is done with a category that the training file does not have.</summary>
    public UnknownCategory Unknown { get; }

    /// <summary>The texts of a missing value.</summary>
    public IReadOnlyList<string> MissingTexts => _missingTexts;

    /// <summary>Makes a sample of a row of texts.</summary>
    /// <param name="row">The texts of <see cref="Columns"/>, in their order; numbers are written as in the invariant culture.</param>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    /// <exception cref="InvalidDataException">A text is no number, missing, or an unknown category; the message names the column.</exception>
    public float[] Encode(params IReadOnlyList<string> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Count != _columns.Length)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Expected {_columns.Length} texts, {string.Join(", ", _columns.Select(column => column.Name))}, but got {row.Count}."), nameof(row));
        return [.. _columns.Select((column, i) => Encode(column, row[i], new CsvPlace("the row", null)))];
    }

    /// <summary>Makes a sample of texts by their columns' names; others are passed over.</summary>
    /// <param name="row">The texts by names.</param>
    /// <exception cref="InvalidDataException">A column is not there, a text is no number, missing, or an unknown category; the message names the column.</exception>
    public float[] Encode(IReadOnlyDictionary<string, string> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Encode([.. _columns.Select(column => row.TryGetValue(column.Name, out string? text)
            ? text
            : throw new InvalidDataException($"Expected the column \"{column.Name}\" in the row, but there are: {string.Join(", ", row.Keys)}."))]);
    }

    /// <summary>The transform that gives each category a float of its own, and features of mean 0 and deviation 1 once it is fitted.</summary>
    /// <param name="standardize">Whether numbers are standardized.</param>
    public ITransform CreateTransform(bool standardize = true)
    {
        int[] numeric = [.. Enumerable.Range(0, _columns.Length).Where(i => !_columns[i].IsCategorical)];
        var counts = Enumerable.Range(0, _columns.Length).Where(i => _columns[i].IsCategorical).ToDictionary(i => i, i => _columns[i].Categories!.Count);
        var transforms = new List<ITransform>();
        if (standardize && numeric.Length > 0)
            transforms.Add(new Standardize(columns: numeric));
        if (counts.Count > 0)
            transforms.Add(new OneHot(counts, Unknown));
        return new Compose([.. transforms]);
    }

    /// <summary>Saves it, for instance in a predictor's extras.</summary>
    /// <param name="state">Where to.</param>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("target", Target);
        state.Set("unknown", Unknown.ToString());
        SetTexts(state.Section("missing"), _missingTexts);
        state.Set("has_classes", _classes is null ? 0 : 1);
        SetTexts(state.Section("classes"), _classes ?? []);
        state.Set("columns", _columns.Length);
        for (int i = 0; i < _columns.Length; i++)
        {
            TrainingState column = state.Section(i.ToString(CultureInfo.InvariantCulture));
            column.Set("name", _columns[i].Name);
            column.Set("replacement", _columns[i].Replacement is { } replacement ? replacement.ToString("R", CultureInfo.InvariantCulture) : "none");
            column.Set("is_categorical", _columns[i].IsCategorical ? 1 : 0);
            SetTexts(column.Section("categories"), _columns[i].Categories ?? []);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="state">Where from.</param>
    /// <exception cref="InvalidDataException">A value is missing or damaged.</exception>
    public static CsvSchema Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!Enum.TryParse(state.GetString("unknown"), out UnknownCategory unknown) || !Enum.IsDefined(unknown))
            throw new InvalidDataException($"Expected what is done with unknown categories, but got \"{state.GetString("unknown")}\".");
        var columns = new List<CsvColumn>();
        for (long count = state.GetCount("columns"); columns.Count < count;)
        {
            TrainingState column = state.Section(columns.Count.ToString(CultureInfo.InvariantCulture));
            string[]? categories = column.GetInt64("is_categorical") == 0 ? null : Texts(column.Section("categories"));
            float? replacement = column.GetString("replacement") == "none" ? null : (float)column.GetFinite("replacement");
            columns.Add(new CsvColumn(column.GetString("name"), categories, replacement));
        }

        return new([.. columns], state.GetString("target"), state.GetInt64("has_classes") == 0 ? null : Texts(state.Section("classes")), unknown, Texts(state.Section("missing")));
    }

    internal bool IsMissing(ReadOnlySpan<char> text)
    {
        foreach (string missing in _missingTexts)
        {
            if (text.SequenceEqual(missing))
                return true;
        }

        return false;
    }

    internal float Encode(CsvColumn column, ReadOnlySpan<char> text, CsvPlace place)
    {
        text = text.Trim();
        bool isMissing = IsMissing(text);
        if (column.Categories is string[] categories)
        {
            string category = isMissing ? MissingCategory : text.ToString();
            int code = Array.BinarySearch(categories, category, StringComparer.Ordinal);
            if (code < 0 && isMissing && Unknown == UnknownCategory.Error)
                throw Invalid(place, column.Name, "a category", "the value is missing");
            if (code < 0 && Unknown == UnknownCategory.Error)
                throw Invalid(place, column.Name, Listed(categories), $"got \"{category}\"");
            return Math.Max(code, -1);
        }

        if (isMissing)
            return column.Replacement ?? throw Invalid(place, column.Name, "a number", "the value is missing");
        return Number(text, column.Name, place);
    }

    internal int Class(ReadOnlySpan<char> text, CsvPlace place)
    {
        string name = text.Trim().ToString();
        return Array.BinarySearch(_classes!, name, StringComparer.Ordinal) is >= 0 and var number ? number : throw Invalid(place, Target, Listed(_classes!), $"got \"{name}\"");
    }

    internal static float Number(ReadOnlySpan<char> text, string column, CsvPlace place) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw Invalid(place, column, "a number", $"got \"{text}\"");

    internal static InvalidDataException Invalid(CsvPlace place, string column, string expected, string found) => new($"{place}, column \"{column}\": expected {expected}, but {found}.");

    private static string Listed(string[] names) => $"one of {string.Join(", ", names.Take(20).Select(name => $"\"{name}\""))}{(names.Length > 20 ? $" and {names.Length - 20} more" : "")}";

    private static void SetTexts(TrainingState state, string[] texts)
    {
        state.Set("count", texts.Length);
        for (int i = 0; i < texts.Length; i++)
            state.Set(i.ToString(CultureInfo.InvariantCulture), texts[i]);
    }

    private static void SetTexts(TrainingState state, IReadOnlyList<string> texts) => SetTexts(state, [.. texts]);

    private static string[] Texts(TrainingState state)
    {
        var texts = new List<string>();
        for (long count = state.GetCount("count"); texts.Count < count;)
            texts.Add(state.GetString(texts.Count.ToString(CultureInfo.InvariantCulture)));
        return [.. texts];
    }
}

/// <summary>Where a value stands.</summary>
internal readonly record struct CsvPlace(string Source, int? Line)
{
    public override string ToString() => Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"{Source}, line {line}") : Source;
}
