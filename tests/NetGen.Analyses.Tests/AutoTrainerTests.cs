using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using NetGen.Tests.Generator;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>
/// The structures of AutoTrainer's benchmark (Zhang et al. 2021; labels from DeepDiagnosis): what is said of each as it is declared, before a step is run.
/// </summary>
public class AutoTrainerTests
{
    /// <summary>Seeds that are not clean, known before the rules were tuned, and why.</summary>
    private static readonly Dictionary<string, string> s_notClean = new()
    {
        ["AT-CIFAR_10-tmp_lenet5_cifar"] = "20 ReLU layers of 64 from U(-0.05, 0.05): each multiplies the signal by 0.16",
        ["AT-MNIST-tmp_lenet5"] = "16 ReLU layers of 64 from U(-0.05, 0.05): the same",
    };

    private static readonly string[] s_signalRules = ["NG2070", "NG2071", "NG2072", "NG2073", "NG2075"];

    public static TheoryData<string> Faulty => new(Cases().Where(each => each.IsFaulty).Select(each => each.Id));

    public static TheoryData<string> Seeds => new(Cases().Where(each => !each.IsFaulty).Select(each => each.Id));

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task A_faulty_structure_is_found(string id) =>
        Assert.Contains(await Found(id), diagnostic => s_signalRules.Contains(diagnostic.Id) && diagnostic.Severity == DiagnosticSeverity.Warning);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_seed_is_clean_or_listed(string id)
    {
        IEnumerable<Diagnostic> found = (await Found(id)).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        Assert.True(found.Any() == s_notClean.ContainsKey(id), string.Join('\n', found));
    }

    [Fact]
    public void All_structures_are_there() => Assert.Equal((53, 30), (Cases().Count, Cases().Count(each => each.IsFaulty)));

    internal static async Task<ImmutableArray<Diagnostic>> Found(string id) => await Code.Analyze(Code.Compile(Declaration(Cases().Single(each => each.Id == id))));

    private static string Declaration(Case each)
    {
        string[] sizes = [.. Regex.Matches(each.Input, @"\d+").Select(match => match.Value)];
        string input = sizes.Length == 3 ? $"{sizes[2]}, {sizes[0]}, {sizes[1]}" : sizes[0];
        return $"[Network({input})]\n[{string.Join(", ", each.Layers.SelectMany(Layers))}]\npartial class Net;";
    }

    /// <summary>Keras's layers as they are declared here; Keras's biases start from 0.</summary>
    private static IEnumerable<string> Layers(string notation)
    {
        if (Regex.Match(notation, @"^(\d+)x\[(.*)\]$") is { Success: true } repeated)
        {
            string[] layers = [.. repeated.Groups[2].Value.Split(" | ").SelectMany(Layers)];
            return Enumerable.Repeat(layers, int.Parse(repeated.Groups[1].Value, CultureInfo.InvariantCulture)).SelectMany(each => each);
        }

        string[] words = notation.Split(' ');
        string Initializer(string key, string option) =>
            words.FirstOrDefault(word => word.StartsWith(key, StringComparison.Ordinal)) is { } word ? $", {option} = Init.{Init(word[key.Length..], option + "Scale")}" : "";
        string bias = Initializer("bias=", "BiasInit");
        string options = Initializer("init=", "Init") + (bias.Length == 0 ? ", BiasInit = Init.Constant" : bias);
        Match size = Regex.Match(words[0], @"\((\d+)(?:,\((\d+),\d+\))?");
        string layer = words[0].Split('(')[0] switch
        {
            "Linear" => $"Linear({size.Groups[1].Value}{options})",
            "Conv2d" => $"Conv2d({size.Groups[1].Value}, {size.Groups[2].Value}{options})",
            "MaxPool2d" => "MaxPool2d(2)",
            "exponential" => "Exp",
            "relu" => "ReLU",
            string name => char.ToUpperInvariant(name[0]) + name[1..],
        };
        string[] activation = [.. words.Skip(1).Where(word => !word.Contains('=', StringComparison.Ordinal)).SelectMany(Layers)];
        return [layer, .. activation];
    }

    private static string Init(string keras, string scale) => Regex.Match(keras, @"^(\w+)\(([\d.]*),?(\w*),?(\w*)\)$") is var match && match.Groups[1].Value == "VS"
        ? (match.Groups[3].Value == "fan_avg" ? "Xavier" : "Kaiming") + (match.Groups[4].Value == "uniform" ? "Uniform" : "Normal")
            + (match.Groups[3].Value == "fan_in" && match.Groups[2].Value == "1.0" ? $", {scale} = 1" : "")
        : match.Groups[1].Value switch
        {
            "RandomUniform" => $"Uniform, {scale} = 0.05",
            "RandomNormal" or "TruncatedNormal" => $"Normal, {scale} = 0.05",
            "Zeros" or "Constant" => "Constant",
            "Ones" => $"Constant, {scale} = 1",
            _ => throw new ArgumentException(keras, nameof(keras)),
        };

    internal static List<Case> Cases()
    {
        using var document = JsonDocument.Parse(typeof(AutoTrainerTests).Assembly.GetManifestResourceStream("autotrainer.json")!);
        return [.. document.RootElement.EnumerateArray().Select(each => new Case(
            each.GetProperty("id").GetString()!,
            each.GetProperty("input").GetString()!,
            [.. each.GetProperty("layers").EnumerateArray().Select(layer => layer.GetString()!)],
            each.GetProperty("label").GetString() == "faulty structure"))];
    }

    internal sealed record Case(string Id, string Input, string[] Layers, bool IsFaulty);
}
