using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using NetGen.Reports;

namespace NetGen.Tasks;

/// <summary>The figures of a network that a baseline holds, in their order.</summary>
internal sealed record BaselineFigures(string Name, IReadOnlyDictionary<string, long> Values, int Line)
{
    /// <summary>What is compared, and how messages call it.</summary>
    public static readonly (string Key, string Words, Func<NetworkFigures, ReportOptions, long> Of)[] Compared =
    [
        ("parameters", "parameters", (network, _) => network.Parameters),
        ("multiplyAccumulates", "multiply-accumulates forward", (network, _) => network.Sum(layer => layer.Inference).MultiplyAccumulates),
        ("trainingMultiplyAccumulates", "multiply-accumulates in a training step", (network, _) => network.Sum(layer => layer.Step).MultiplyAccumulates),
        ("inferenceBytes", "bytes in inference", (network, options) => network.Inference.At(options.Batch)),
        ("trainingBytes", "bytes in training", (network, options) => network.Training.At(options.Batch)),
    ];

    /// <summary>What differs, in words; empty where nothing does. What a baseline does not hold is not compared.</summary>
    public string Difference(NetworkFigures network, ReportOptions options) => string.Join(", ", Compared
        .Where(figure => Values.TryGetValue(figure.Key, out long value) && value != figure.Of(network, options))
        .Select(figure => $"{Wording.Grouped(figure.Of(network, options))} {figure.Words} ({Change(Values[figure.Key], figure.Of(network, options))})"));

    private static string Change(long before, long now) =>
        $"were {Wording.Grouped(before)}{(before == 0 ? "" : ", " + ((now - before) * 100.0 / before).ToString("+0.##;-0.##", CultureInfo.InvariantCulture) + " %")}";
}

/// <summary>A baseline as a file: an object of objects of numbers, which people and formatters may lay out as they like.</summary>
internal static class Baseline
{
    public static string Write(IReadOnlyList<NetworkFigures> networks, ReportOptions options)
    {
        var json = new JsonText();
        return json.Object(() =>
        {
            foreach (NetworkFigures network in networks)
            {
                json.Object(network.FullName, () =>
                {
                    foreach ((string key, _, Func<NetworkFigures, ReportOptions, long> of) in BaselineFigures.Compared)
                        json.Add(key, of(network, options));
                });
            }
        }).ToString();
    }

    /// <exception cref="FormatException">The text is no baseline.</exception>
    public static IReadOnlyList<BaselineFigures> Read(string text)
    {
        var reader = new Reader(text);
        var networks = new List<BaselineFigures>();
        reader.Object(name =>
        {
            int line = reader.Line;
            var values = new Dictionary<string, long>();
            if (networks.Any(network => network.Name == name))
                throw reader.Mistake($"'{name}' is there twice");
            reader.Object(key =>
            {
                if (BaselineFigures.Compared.All(figure => figure.Key != key))
                    throw reader.Mistake($"'{key}' is no figure; those are {string.Join(", ", BaselineFigures.Compared.Select(figure => figure.Key))}");
                if (values.ContainsKey(key))
                    throw reader.Mistake($"'{key}' is there twice");
                values.Add(key, reader.Number());
            });
            if (values.Count == 0)
                throw reader.Mistake($"'{name}' has no figures");
            networks.Add(new BaselineFigures(name, values, line));
        });
        reader.End();
        return networks;
    }

    private sealed class Reader(string text)
    {
        private int _place;

        /// <summary>The line, from 1 on.</summary>
        public int Line => text.Take(_place).Count(letter => letter == '\n') + 1;

        public void Object(Action<string> member)
        {
            Take('{');
            while (Next() != '}')
            {
                string name = Name();
                Take(':');
                member(name);
                if (Next() != '}')
                    Take(',');
            }

            Take('}');
        }

        public long Number()
        {
            Next();
            int start = _place;
            while (_place < text.Length && (char.IsDigit(text[_place]) || text[_place] == '-'))
                _place++;
            return long.TryParse(text.Substring(start, _place - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : throw Unexpected("a whole number");
        }

        public void End()
        {
            if (Next() != '\0')
                throw Unexpected("the end");
        }

        private string Name()
        {
            Take('"');
            int start = _place;
            while (_place < text.Length && text[_place] is not ('"' or '\n'))
                _place++;
            string name = text.Substring(start, _place - start);
            Take('"');

            // Names of classes: of the escapes only those of letters come.
            return System.Text.RegularExpressions.Regex.Replace(name, @"\\u([0-9a-fA-F]{4})", match => ((char)int.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());
        }

        private void Take(char letter)
        {
            if (Next() != letter)
                throw Unexpected($"'{letter}'");
            _place++;
        }

        private char Next()
        {
            while (_place < text.Length && (char.IsWhiteSpace(text[_place]) || text[_place] == '\uFEFF'))
                _place++;
            return _place < text.Length ? text[_place] : '\0';
        }

        private FormatException Unexpected(string expected) => Mistake(expected + " is missing");

        public FormatException Mistake(string mistake) => new($"line {Wording.Integer(Line)}: {mistake}");
    }
}
