using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace NetGen.Tests.Analyses;

/// <summary>
/// Networks in the compact notation of <c>Data/buggy-networks.json</c>, with Keras's semantics, as declarations: channels first, losses on logits. A sigmoid before
/// a binary and a softmax before a categorical cross-entropy are what those losses form themselves; what else stands there is declared as it is.
/// </summary>
internal sealed partial class KerasNotation
{
    /// <summary>Where a size is not published.</summary>
    private const int AssumedSize = 16;

    private readonly List<string> _layers = [];
    private readonly string? _target;
    private readonly bool _isInitialised;
    private int _rank;

    private KerasNotation(string? target, bool isInitialised) => (_target, _isInitialised) = (target, isInitialised);

    /// <summary>The attributes; null where they cannot be written.</summary>
    public string? Attributes { get; private set; }

    /// <summary>The same with what Keras initialises from where nothing is published, to be trained: Xavier's weights, biases of 0.</summary>
    public string? Initialised { get; private set; }

    /// <summary>What there is no layer or loss for.</summary>
    public string? Missing { get; private set; }

    /// <summary>Whether a size that is not published was assumed.</summary>
    public bool IsAssumed { get; private set; }

    public static KerasNotation Of(string? input, IEnumerable<string> layers, string? loss, string? target)
    {
        string[] tokens = [.. layers.SelectMany(Tokens)];
        var network = new KerasNotation(target, isInitialised: false);
        network.Declare(input, [.. tokens], loss);
        var initialised = new KerasNotation(target, isInitialised: true);
        initialised.Declare(input, [.. tokens], loss);
        network.Initialised = initialised.Attributes;
        return network;
    }

    /// <summary>What is stated of a target; null where that is not known.</summary>
    public static string? Statement(string? target)
    {
        Match match = Target().Match(target ?? "");
        return !match.Success ? null : (match.Groups[1].Value, match.Groups[2].Value) switch
        {
            ("b", var count) => $"Labels({count})",
            ("oh" or "int", var count) => $"Classes({count})",
            _ => "TargetRange",
        };
    }

    private void Declare(string? input, List<string> tokens, string? loss)
    {
        if (Input(input, tokens) is not { } sizes)
            return;
        bool isBinary = loss is "BCE", isCategorical = loss is "CCE" or "SCCE";
        string? kind = loss switch
        {
            null => "",
            "BCE" or "BCE+logits" => ", BCEWithLogitsLoss",
            "CCE" or "SCCE" or "CCE+logits" or "SCCE+logits" => ", CrossEntropyLoss",
            "MSE" => ", MSELoss",
            "MAE" => ", L1Loss",
            _ => null,
        };
        if (kind is null)
        {
            Missing = loss;
            return;
        }

        int last = tokens.FindLastIndex(token => token.StartsWith("Linear(", StringComparison.Ordinal));
        for (int i = 0; i < tokens.Count && Missing is null; i++)
            Add(tokens[i], i == last);
        if (Missing is not null)
            return;
        bool isOfOne = _layers.Count > 1 && _layers[^2].StartsWith("Linear(1)", StringComparison.Ordinal);
        if ((isBinary && _layers[^1] == "Sigmoid") || (isCategorical && _layers[^1] == "Softmax" && !isOfOne))
            _layers.RemoveAt(_layers.Count - 1);
        Attributes = $"Network({string.Join(", ", sizes)}), {string.Join(", ", _layers)}{kind}";
    }

    /// <summary>The sizes, channels first; null where they are not known and matter.</summary>
    private int[]? Input(string? input, List<string> tokens)
    {
        bool isDense = !tokens.Any(token => token.StartsWith("Conv", StringComparison.Ordinal));
        string text = (input ?? "?").Trim('(', ')').TrimEnd(',');
        if (tokens is [var first, ..] && first.StartsWith("Reshape(", StringComparison.Ordinal))
        {
            text = first["Reshape(".Length..].Trim('(', ')');
            tokens.RemoveAt(0);
        }

        string[] parts = [.. text.Split(',').Select(part => part.Trim())];
        if (parts.Contains("?") && isDense)
            (parts, IsAssumed) = ([AssumedSize.ToString(CultureInfo.InvariantCulture)], true);
        if (parts.Contains("?") && input is null)
            (parts, IsAssumed) = (["64", "64", "3"], true);
        if (parts.Length > 3 || !parts.All(part => int.TryParse(part, out _)))
        {
            Missing = parts.Contains("?") ? "published size of the input" : "Conv3d";
            return null;
        }

        int[] sizes = [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        _rank = sizes.Length;

        // What is flattened at once, or is a matrix to a dense layer, has no channels.
        return sizes.Length == 1 || (sizes.Length == 2 && isDense) ? sizes : [sizes[^1], .. sizes[..^1]];
    }

    private void Add(string token, bool isLast)
    {
        Match match = Layer().Match(token);
        (string kind, string arguments, string options) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
        string[] parts = [.. Split(arguments)];
        bool isSame = parts.Contains("same");
        string stride = parts.FirstOrDefault(part => part.StartsWith("s=", StringComparison.Ordinal))?[2..] ?? "1";
        string[] rest = [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        switch (kind)
        {
            case "Linear":
                Put($"Linear({Units(parts[0], isLast)}{Initialisers(rest)})");
                break;
            case "Conv1d" or "Conv2d":
                Put($"{kind}({parts[0]}, {Size(parts[1])}{Strided(stride)}{Padding(isSame, stride, parts[1])}{Initialisers(rest)})");
                _rank = kind == "Conv1d" ? 2 : 3;
                break;
            case "MaxPool1d" or "MaxPool2d" or "AvgPool2d":
                Put($"{kind}({Size(parts[0])}{Strided(stride)}{(isSame ? ", CeilMode = true" : "")})");
                break;
            case "BatchNorm":
                Put(_rank == 3 ? "BatchNorm2d" : "BatchNorm1d");
                break;
            case "Dropout":
                Put($"Dropout({parts[0]})");
                break;
            case "LeakyReLU":
                Put($"LeakyReLU({parts[0]})");
                break;
            case "Flatten" or "Reshape":
                Put("Flatten");
                _rank = 1;
                break;
            case "GlobalAveragePooling1D" or "GlobalAveragePooling2D" or "GlobalMaxPooling1D":
                Put((kind.Contains("Max", StringComparison.Ordinal) ? "GlobalMaxPool" : "GlobalAvgPool") + kind[^2..].ToLowerInvariant());
                Put("Flatten");
                _rank = 1;
                break;
            default:
                if (Activation(kind) is { } activation)
                    Put(activation);
                else
                    Missing = kind.Length > 0 ? kind : token;
                return;
        }

        // An activation may stand among the options.
        foreach (string activation in rest.Select(Activation).OfType<string>())
            Put(activation);
    }

    private void Put(string layer) => _layers.Add(layer);

    private string Units(string text, bool isLast)
    {
        if (int.TryParse(text, out _))
            return text;
        IsAssumed = true;
        Match target = Target().Match(_target ?? "");
        return isLast && target.Success ? target.Groups[2].Value : AssumedSize.ToString(CultureInfo.InvariantCulture);
    }

    private string Size(string text)
    {
        string[] numbers = text.Trim('(', ')').Split('x', ',');
        if (!numbers.All(number => int.TryParse(number, out _)))
        {
            Missing = "published size of a window";
            return text;
        }

        return numbers.Distinct().Count() == 1 ? numbers[0] : string.Join(", ", numbers);
    }

    private static string Strided(string stride) => stride == "1" ? "" : $", Stride = {stride}";

    /// <summary>With a stride Keras pads by what the last window needs; half the window is the same or a little more.</summary>
    private static string Padding(bool isSame, string stride, string kernel) =>
        !isSame ? "" : stride == "1" ? ", SamePadding = true" : $", Padding = {int.Parse(kernel, CultureInfo.InvariantCulture) / 2}";

    private string Initialisers(string[] options)
    {
        bool hasBias = !options.Contains("nobias");
        string text = hasBias ? "" : ", Bias = false";
        foreach (string option in options)
        {
            Match match = Option().Match(option);
            if (!match.Success || Initialiser(match.Groups[2].Value) is not { } initialiser)
                continue;
            bool isBias = match.Groups[1].Value == "bias";
            string name = isBias ? "BiasInit" : "Init";
            text += $", {name} = Init.{initialiser.Kind}" + (initialiser.Scale is { } scale ? string.Create(CultureInfo.InvariantCulture, $", {name}Scale = {scale}") : "");

            // Keras's biases start from 0, which matters beside equal weights.
            if (!isBias && hasBias && initialiser.Kind == "Constant" && !options.Any(other => other.StartsWith("bias=", StringComparison.Ordinal)))
                text += ", BiasInit = Init.Constant";
        }

        if (!_isInitialised)
            return text;
        return text + (text.Contains(", Init = ", StringComparison.Ordinal) ? "" : ", Init = Init.XavierUniform") + (!hasBias || text.Contains(", BiasInit = ", StringComparison.Ordinal) ? "" : ", BiasInit = Init.Constant");
    }

    private static (string Kind, double? Scale)? Initialiser(string text)
    {
        Match scaling = Scaling().Match(text);
        if (scaling.Success)
        {
            double scale = double.Parse(scaling.Groups[1].Value, CultureInfo.InvariantCulture);
            bool isXavier = scaling.Groups[2].Value == "fan_avg";
            string kind = (isXavier ? "Xavier" : "Kaiming") + (scaling.Groups[3].Value == "uniform" ? "Uniform" : "Normal");
            return (kind, scale == (isXavier ? 1 : 2) ? null : Math.Sqrt(scale));
        }

        Match number = Number().Match(text);
        double? given = number.Success ? double.Parse(number.Value, CultureInfo.InvariantCulture) : null;
        return text.Split('(')[0].ToLowerInvariant().Replace("_", "", StringComparison.Ordinal) switch
        {
            "uniform" or "randomuniform" => ("Uniform", given ?? 0.05),
            "normal" or "randomnormal" or "truncatednormal" => ("Normal", given ?? 0.05),
            "henormal" => ("KaimingNormal", null),
            "heuniform" => ("KaimingUniform", null),
            "glorotnormal" => ("XavierNormal", null),
            "glorotuniform" => ("XavierUniform", null),
            "zeros" => ("Constant", null),
            "ones" => ("Constant", 1),
            "constant" => ("Constant", given),
            _ => null,
        };
    }

    private static string? Activation(string text) => text.ToLowerInvariant() switch
    {
        "relu" => "ReLU",
        "sigmoid" => "Sigmoid",
        "tanh" => "Tanh",
        "softmax" => "Softmax",
        "exponential" => "Exp",
        "swish" => "SiLU",
        "elu" => "ELU",
        _ => null,
    };

    /// <summary>Repeated layers, written out.</summary>
    private static IEnumerable<string> Tokens(string layer)
    {
        Match match = Repeated().Match(layer);
        return match.Success ? Enumerable.Repeat(match.Groups[2].Value.Split(" | "), int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).SelectMany(layers => layers) : [layer];
    }

    /// <summary>At the commas that stand in no parentheses.</summary>
    private static IEnumerable<string> Split(string arguments)
    {
        int depth = 0, start = 0;
        for (int i = 0; i <= arguments.Length; i++)
        {
            if (i < arguments.Length)
                depth += arguments[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (i < arguments.Length && (arguments[i] != ',' || depth > 0))
                continue;
            yield return arguments[start..i];
            start = i + 1;
        }
    }

    [GeneratedRegex(@"^(\d+)x\[(.*)\]$")]
    private static partial Regex Repeated();

    /// <summary>A kind, its arguments with one level of parentheses in them, and options.</summary>
    [GeneratedRegex(@"^(\w+)(?:\(((?:[^()]|\([^()]*\))*)\))?(.*)$")]
    private static partial Regex Layer();

    [GeneratedRegex(@"^(init|bias)=(.*)$")]
    private static partial Regex Option();

    [GeneratedRegex(@"^VS\(([\d.]+),(\w+),(\w+)\)$")]
    private static partial Regex Scaling();

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(b|oh|int|reg)(\d+)$")]
    private static partial Regex Target();
}
