using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;

namespace NetGen.Tests.Analyses;

/// <summary>What became of a published fault.</summary>
internal enum Verdict
{
    /// <summary>A warning or an error names it.</summary>
    Detected,

    /// <summary>A message of lower severity names it.</summary>
    Information,

    /// <summary>It cannot be written.</summary>
    Prevented,

    /// <summary>Nothing names it.</summary>
    Missed,

    /// <summary>The network has a layer or loss that NetGen does not have.</summary>
    NotDeclarable,

    /// <summary>No fault of the declaration is published.</summary>
    NoFault,
}

/// <summary>A network of a published set, as it is declared, and what the build says of it.</summary>
internal sealed record BuggyNetwork(string Id, string[] Codes, KerasNotation Notation, string? Statement)
{
    /// <summary>With what is stated of the target.</summary>
    public IReadOnlyList<Said> Said { get; set; } = [];

    /// <summary>With nothing stated.</summary>
    public IReadOnlyList<Said> SaidOfItself { get; set; } = [];

    public string[] StrongCodes => [.. Codes.Where(code => !Faults.Weak.Contains(code))];

    public bool IsDeclarable => Notation.Attributes is not null;

    public Verdict Verdict => !IsDeclarable ? Verdict.NotDeclarable : Faults.Judge(Codes, Said);

    public Verdict VerdictOfItself => !IsDeclarable ? Verdict.NotDeclarable : Faults.Judge(Codes, SaidOfItself);

    /// <summary>The declaration.</summary>
    public string Source(bool isStated) => $"{(isStated && Statement is not null ? $"[{Statement}] " : "")}[{Notation.Attributes}] partial class Net;";

    /// <summary>Asks the build of some networks at once.</summary>
    public static async Task<IReadOnlyList<BuggyNetwork>> Build(IReadOnlyList<BuggyNetwork> networks)
    {
        BuggyNetwork[] declared = [.. networks.Where(network => network.IsDeclarable)];
        IReadOnlyList<Said>[] said = await Declared.Build([.. declared.Select(network => network.Source(isStated: true)), .. declared.Select(network => network.Source(isStated: false))]);
        for (int i = 0; i < declared.Length; i++)
            (declared[i].Said, declared[i].SaidOfItself) = (said[i], said[i + declared.Length]);
        return networks;
    }
}

/// <summary>The codes of published faults, and the rules that name them.</summary>
internal static class Faults
{
    /// <summary>Kinds of fault that the build can name, each with the rules that do.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Rules = new Dictionary<string, string[]>
    {
        ["O1"] = ["NG2010"],
        ["O2"] = ["NG2011"],
        ["O3"] = ["NG2012"],
        ["O4"] = ["NG2012", "NG2013"],
        ["O6"] = ["NG2016", "NG2017", "NG2019"],
        ["O7"] = ["NG2016", "NG2017"],
        ["O8"] = ["NG2019", "NG2022"],
        ["O9"] = ["NG2021"],
        ["O10"] = ["NG2010", "NG2012", "NG2013"],
        ["O11"] = ["NG2020"],
        ["O13"] = ["NG2014"],
        ["O14"] = ["NG2013", "NG2023", "NG2025"],
        ["S1"] = ["NG2040", "NG2041"],
        ["S1m"] = ["NG2042"],
        ["S2"] = ["NG2023"],
        ["S3"] = ["NG2070", "NG2074"],
        ["S4"] = ["NG2043"],
        ["S5"] = ["NG2044"],
        ["S6"] = ["NG2070", "NG2071", "NG2072", "NG2073", "NG2074", "NG2075", "NG2076", "NG2078"],
        ["S7"] = ["NG2075", "NG2077"],
        ["S8"] = ["NG2046"],
        ["S10"] = ["NG1018", "NG1026"],
    };

    /// <summary>Those that cannot be written, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Prevented = new Dictionary<string, string>
    {
        ["O5"] = "losses take logits, none takes probabilities",
        ["O12"] = "a target is class numbers or one value an output, by its type",
        ["S9"] = "normalisation is over the channels",
        ["T1"] = "the learning rate is no part of the declaration",
    };

    public static readonly string[] Weak = ["O8", "O9", "S1m", "S6", "T1"];

    /// <summary>The part of a code before the words.</summary>
    public static string Short(string code) => code.Split('-')[0];

    /// <summary>What became of the faults: the strong ones, where there are any.</summary>
    public static Verdict Judge(string[] codes, IReadOnlyList<Said> said)
    {
        string[] strong = [.. codes.Where(code => !Weak.Contains(code))];
        string[] counted = strong.Length > 0 ? strong : codes;
        Said[] naming = [.. said.Where(one => counted.Any(code => Rules.GetValueOrDefault(code, []).Contains(one.Rule)))];
        return counted.Length == 0 ? Verdict.NoFault
            : naming.Any(one => one.IsLoud) ? Verdict.Detected
            : naming.Length > 0 ? Verdict.Information
            : counted.All(Prevented.ContainsKey) ? Verdict.Prevented
            : Verdict.Missed;
    }
}

/// <summary>The file of published cases.</summary>
internal static class BuggyNetworksFile
{
    public static JsonElement Root { get; } = JsonDocument.Parse(Declared.Data("buggy-networks.json")).RootElement;

    public static IEnumerable<JsonElement> Section(string name) => Root.GetProperty(name).EnumerateArray();

    public static IEnumerable<JsonProperty> Codes => Root.GetProperty("codes").EnumerateObject();

    public static BuggyNetwork Network(JsonElement json, JsonElement? parent = null)
    {
        JsonElement all = parent ?? json;
        string? target = Text(all, "target");
        return new BuggyNetwork(
            Text(all, "id")!, [.. Strings(json, "static").Select(Faults.Short)],
            KerasNotation.Of(Text(all, "input"), Strings(json, "layers"), Text(json, "loss"), target), KerasNotation.Statement(target));
    }

    public static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static IEnumerable<string> Strings(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(text => text.GetString()!) : [];
}
