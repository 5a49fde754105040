using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using NetGen.Data;
using nietras.SeparatedValues;

namespace NetGen.Csv;

/// <summary>
/// Reads CSV files into datasets, by the names of their columns. Numbers are written as in the invariant culture, whatever the machine's is; values may be in quotation marks.
/// </summary>
public static class CsvReader
{
    internal const string SchemaSection = "csv";

    /// <summary>Reads a file whose target is a number.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="options">What the columns are.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidDataException">A column is missing, or a value does not fit; the message names line and column.</exception>
    public static TabularData<float> ReadValues(string path, CsvOptions options)
    {
        using StreamReader reader = Open(path);
        return Table.Read(reader, Path.GetFileName(path), options).Values();
    }

    /// <summary>Reads a text whose target is a number.</summary>
    /// <param name="reader">The text, such as a <see cref="StreamReader"/> or a <see cref="StringReader"/>; read to its end.</param>
    /// <param name="options">What the columns are.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidDataException">A column is missing, or a value does not fit; the message names line and column.</exception>
    public static TabularData<float> ReadValues(TextReader reader, CsvOptions options) => Table.Read(reader, "the text", options).Values();

    /// <summary>Reads a file whose target is a class.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <param name="options">What the columns are.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidDataException">A column is missing, or a value does not fit; the message names line and column.</exception>
    public static TabularData<int> ReadClasses(string path, CsvOptions options)
    {
        using StreamReader reader = Open(path);
        return Table.Read(reader, Path.GetFileName(path), options).Classes();
    }

    /// <summary>Reads a text whose target is a class.</summary>
    /// <param name="reader">The text, such as a <see cref="StreamReader"/> or a <see cref="StringReader"/>; read to its end.</param>
    /// <param name="options">What the columns are.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidDataException">A column is missing, or a value does not fit; the message names line and column.</exception>
    public static TabularData<int> ReadClasses(TextReader reader, CsvOptions options) => Table.Read(reader, "the text", options).Classes();

    /// <summary>The columns that a predictor was trained on.</summary>
    /// <typeparam name="TNetwork">The network.</typeparam>
    /// <param name="predictor">One that <see cref="TabularData{TTarget}.CreatePredictor"/> made, or that was loaded since.</param>
    /// <exception cref="InvalidDataException">It was not trained on a CSV file.</exception>
    public static CsvSchema Schema<TNetwork>(this Predictor<TNetwork> predictor)
        where TNetwork : class, INetwork<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(predictor);
        return CsvSchema.Load(predictor.Extras.Section(SchemaSection));
    }

    private static StreamReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new StreamReader(path);
    }

    /// <summary>The texts of the columns that are wanted, with their lines.</summary>
    private sealed class Table
    {
        private readonly string _source;
        private readonly CsvOptions _options;
        private readonly string[] _features;
        private readonly string _target;
        private readonly List<string>[] _texts;
        private readonly List<int> _lines = [];
        private int _line = 1;

        private Table(string source, CsvOptions options, string[] features, string target)
        {
            (_source, _options, _features, _target) = (source, options, features, target);
            _texts = [.. features.Append(target).Select(_ => new List<string>())];
        }

        private List<string> Targets => _texts[^1];

        public static Table Read(TextReader reader, string source, CsvOptions options)
        {
            ArgumentNullException.ThrowIfNull(reader);
            ArgumentNullException.ThrowIfNull(options);
            using SepReader rows = new SepReaderOptions(options.Separator is { } separator ? new Sep(separator) : null)
            {
                HasHeader = false,
                Unescape = true,
                DisableColCountCheck = true,
                CreateToString = SepToString.PoolPerCol(maximumStringLength: 64),
            }.From(reader, leaveOpen: true);
            if (!rows.MoveNext())
                throw new InvalidDataException($"{source}: expected {(options.HasHeader ? "a line with the names of the columns" : "rows")}, but it is empty.");
            string[] header = [.. Enumerable.Range(0, rows.Current.ColCount).Select(i => options.HasHeader ? rows.Current[i].Span.Trim().ToString() : i.ToString(CultureInfo.InvariantCulture))];
            (string[] features, string target) = Wanted(header, source, options);
            var table = new Table(source, options, features, target);
            int[] places = [.. features.Append(target).Select(name => Array.IndexOf(header, name))];
            if (options.HasHeader)
                table._line += LinesOf(rows.Current.Span);
            else
                table.Add(rows.Current, header.Length, places);
            while (rows.MoveNext())
                table.Add(rows.Current, header.Length, places);
            return table;
        }

        public TabularData<float> Values()
        {
            if (_options.Schema is { Classes: not null })
                throw new ArgumentException("Expected the columns of a file whose target is a number, but they have classes.", nameof(CsvOptions.Schema));
            CsvSchema schema = _options.Schema ?? Learn(null);
            var targets = new float[Targets.Count];
            for (int i = 0; i < targets.Length; i++)
            {
                CheckTarget(schema, i);
                targets[i] = CsvSchema.Number(Targets[i].AsSpan().Trim(), _target, Place(i));
            }

            return new(new Dataset<float>(Inputs(schema), targets, schema.Columns.Count), schema);
        }

        public TabularData<int> Classes()
        {
            if (_options.Schema is { Classes: null })
                throw new ArgumentException("Expected the columns of a file whose target is a class, but they have none.", nameof(CsvOptions.Schema));
            CsvSchema schema = _options.Schema ?? Learn(Distinct(Targets));
            var targets = new int[Targets.Count];
            for (int i = 0; i < targets.Length; i++)
            {
                CheckTarget(schema, i);
                targets[i] = schema.Class(Targets[i], Place(i));
            }

            return new(new Dataset<int>(Inputs(schema), targets, schema.Columns.Count), schema);
        }

        /// <summary>The columns of features, in the order of the header or of the schema, and that of the target.</summary>
        private static (string[] Features, string Target) Wanted(string[] header, string source, CsvOptions options)
        {
            if (header.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
                throw new InvalidDataException($"{source}: expected columns of different names, but \"{twice}\" is there more than once.");
            string target = options.Schema?.Target ?? options.Target ?? throw new ArgumentException("Expected the name of the target's column, but got none.", nameof(options));
            string[] features;
            if (options.Schema is { } schema)
            {
                features = [.. schema.Columns.Select(column => column.Name)];
            }
            else
            {
                string[] said = [.. options.Categorical, .. options.Ignored, .. options.Numeric ?? []];
                if (said.Append(target).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { Key: var both })
                    throw new ArgumentException($"Expected the column \"{both}\" to be one thing, but the options name it more than once.", nameof(options));
                foreach (string name in said.Where(name => !header.Contains(name)))
                    throw Missing(name);
                features = [.. header.Where(name => name != target && !options.Ignored.Contains(name) && (options.Numeric is null || options.Numeric.Contains(name) || options.Categorical.Contains(name)))];
                if (features.Length == 0)
                    throw new InvalidDataException($"{source}: expected a column of features, but there are: {string.Join(", ", header)}.");
            }

            foreach (string name in features.Append(target).Where(name => !header.Contains(name)))
                throw Missing(name);
            return (features, target);

            InvalidDataException Missing(string name) => new($"{source}: expected a column \"{name}\", but there are: {string.Join(", ", header)}.");
        }

        private static string[] Distinct(IEnumerable<string> texts) => [.. texts.Select(text => text.Trim()).Distinct().Order(StringComparer.Ordinal)];

        private void Add(SepReader.Row row, int count, int[] places)
        {
            int line = _line;
            _line += LinesOf(row.Span);

            // A line with nothing on it, as at the end of a file.
            if (row.Span.Trim().IsEmpty)
                return;
            if (row.ColCount != count)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{_source}, line {line}: expected {count} columns, as the first line has, but got {row.ColCount}."));
            _lines.Add(line);
            for (int i = 0; i < places.Length; i++)
                _texts[i].Add(row[places[i]].ToString());
        }

        /// <summary>The lines that a row takes: a quoted value may go over several.</summary>
        private static int LinesOf(ReadOnlySpan<char> row) => 1 + row.Count('\n') + row.Count('\r') - row.Count("\r\n");

        private CsvPlace Place(int row) => new(_source, _lines[row]);

        private void CheckTarget(CsvSchema schema, int row)
        {
            if (schema.IsMissing(Targets[row].AsSpan().Trim()))
                throw CsvSchema.Invalid(Place(row), _target, "a target", "the value is missing");
        }

        private CsvSchema Learn(string[]? classes)
        {
            // Known texts of missing values, before anything else is known.
            var empty = new CsvSchema([], _target, classes, _options.Unknown, [.. _options.MissingTexts]);
            if (classes is not null)
            {
                for (int i = 0; i < Targets.Count; i++)
                    CheckTarget(empty, i);
            }

            return new([.. _features.Select((name, i) => Column(empty, name, _texts[i]))], _target, classes, _options.Unknown, [.. _options.MissingTexts]);
        }

        private CsvColumn Column(CsvSchema empty, string name, List<string> texts)
        {
            if (_options.Categorical.Contains(name))
            {
                for (int i = 0; i < texts.Count; i++)
                {
                    if (_options.Missing == MissingValues.Error && empty.IsMissing(texts[i].AsSpan().Trim()))
                        throw CsvSchema.Invalid(Place(i), name, "a category", "the value is missing");
                }

                return new(name, Distinct(texts.Select(text => empty.IsMissing(text.AsSpan().Trim()) ? CsvSchema.MissingCategory : text)), null);
            }

            if (_options.Missing != MissingValues.Mean)
                return new(name, null, _options.Missing == MissingValues.Constant ? _options.MissingConstant : null);
            double sum = 0;
            int count = 0;
            for (int i = 0; i < texts.Count; i++)
            {
                ReadOnlySpan<char> text = texts[i].AsSpan().Trim();
                if (empty.IsMissing(text))
                    continue;
                sum += CsvSchema.Number(text, name, Place(i));
                count++;
            }

            if (count == 0 && texts.Count > 0)
                throw new InvalidDataException($"{_source}, column \"{name}\": expected a number to take the mean of, but all values are missing.");
            return new(name, null, count == 0 ? null : (float)(sum / count));
        }

        private float[] Inputs(CsvSchema schema)
        {
            int size = schema.Columns.Count;
            var inputs = new float[checked(_lines.Count * size)];
            for (int column = 0; column < size; column++)
            {
                for (int i = 0; i < _lines.Count; i++)
                {
                    inputs[(i * size) + column] = schema.Encode(schema.Columns[column], _texts[column][i], Place(i));
                }
            }

            return inputs;
        }
    }
}
