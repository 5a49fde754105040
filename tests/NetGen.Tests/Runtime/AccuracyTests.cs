using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using NetGen.Generator.Compiler.Ops;
using Xunit;

namespace NetGen.Tests.Runtime;

/// <summary>Activations and derivatives at floats of all binades, beside PyTorch's; the page <c>docs/accuracy.md</c> has the numbers.</summary>
[Trait("Lane", "Slow")]
public class AccuracyTests
{
    /// <summary>More than PyTorch, as a factor. PyTorch's largest errors are of 16 times as many x.</summary>
    private const double Factor = 1.25;

    private static readonly (string Title, bool IsNegative, int First, int Last)[] s_ranges =
    [
        ("x < -16", true, 4, ActivationAccuracy.Last), ("to -4", true, 2, 3), ("to -1", true, 0, 1), ("to -1/4", true, -2, -1), ("to 0", true, ActivationAccuracy.First, -3),
        ("to 1/4", false, ActivationAccuracy.First, -3), ("to 1", false, -2, -1), ("to 4", false, 0, 1), ("to 16", false, 2, 3), ("16 < x", false, 4, ActivationAccuracy.Last),
    ];

    private static readonly Lazy<Dictionary<ActivationKind, ActivationAccuracy>> s_accuracies =
        new(() => ActivationAccuracy.Functions.ToDictionary(function => function.Function, function => new ActivationAccuracy(function)));

    public static TheoryData<string> Functions => [.. ActivationAccuracy.Functions.Select(function => function.Function.ToString())];

    /// <summary>In each binade; 1 ulp is as good as any.</summary>
    [Theory]
    [MemberData(nameof(Functions))]
    public void Errors_are_not_larger_than_those_of_PyTorch(string function)
    {
        ActivationKind kind = Enum.Parse<ActivationKind>(function);

        // Half an ulp is the rounding of the result alone, which an x may happen to escape.
        double least = kind == ActivationKind.Tanh ? 0.5 : 1;
        foreach ((bool isNegative, int exponent, LargestErrors own, LargestErrors torch) in s_accuracies.Value[kind].Binades)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{function}, {(isNegative ? "-" : string.Empty)}2^{exponent}");
            Assert.True(own.Value <= Factor * Math.Max(torch.Value, least), $"{place}: {own.Value:G3} ulp, PyTorch {torch.Value:G3}");
            Assert.True(double.IsNaN(torch.Derivative) || own.Derivative <= Factor * Math.Max(torch.Derivative, least), $"{place}: derivative {own.Derivative:G3} ulp, PyTorch {torch.Derivative:G3}");
        }
    }

    [Fact]
    public void Tanh_is_exact_to_an_ulp() => Assert.All(s_accuracies.Value[ActivationKind.Tanh].Binades, binade => Assert.InRange(binade.Own.Value, 0, 0.65));

    /// <summary><c>NETGEN_ACCEPT_SNAPSHOTS=1</c> writes the tables anew.</summary>
    [Fact]
    public void The_page_has_the_tables()
    {
        string path = Page();
        string page = File.ReadAllText(path);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"NetGen's of {ActivationAccuracy.Inputs:N0} floats"), page, StringComparison.Ordinal);
        string expected = Replace(Replace(page, "values", Table(errors => errors.Value)), "derivatives", Table(errors => errors.Derivative));
        if (Environment.GetEnvironmentVariable("NETGEN_ACCEPT_SNAPSHOTS") == "1")
            File.WriteAllText(path, expected);
        else
            Assert.Equal(expected, page);
    }

    private static string Table(Func<LargestErrors, double> error)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", s_ranges.Select(range => range.Title))} |\n|---{string.Concat(Enumerable.Repeat("|---", s_ranges.Length))}|\n");
        foreach (ActivationOp function in ActivationAccuracy.Functions)
        {
            IEnumerable<string> cells = s_ranges.Select(range =>
            {
                var binades = s_accuracies.Value[function.Function].Binades.Where(binade => binade.IsNegative == range.IsNegative && binade.Exponent >= range.First && binade.Exponent <= range.Last).ToList();
                return $"{Text(binades.Max(binade => error(binade.Own)))} / {Text(binades.Select(binade => error(binade.PyTorch)).Aggregate(Math.Max))}";
            });
            text.Append(CultureInfo.InvariantCulture, $"| `{function.Display}` | {string.Join(" | ", cells)} |\n");
        }

        return text.ToString();
    }

    private static string Text(double error) => error switch
    {
        double.NaN => "NaN",
        < 0.005 => "0",
        < 10 => error.ToString("F2", CultureInfo.InvariantCulture),
        < 10_000 => error.ToString("F0", CultureInfo.InvariantCulture),
        _ => error.ToString("0.0e0", CultureInfo.InvariantCulture),
    };

    /// <summary>What stands between a comment and the next, replaced.</summary>
    private static string Replace(string page, string name, string table)
    {
        string start = $"<!-- {name} -->\n";
        int from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
        Assert.True(from >= start.Length, $"The page has no place for {name}.");
        return page[..from] + table + page[page.IndexOf("<!-- end -->", from, StringComparison.Ordinal)..];
    }

    private static string Page([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "docs", "accuracy.md");
}
