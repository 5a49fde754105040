using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using NetGen.Generator.Compiler.Advice;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>
/// The measure: what the build says of networks of published sets of faults, before a single step is run. The page <c>docs/buggy-networks.md</c> has the table;
/// <c>NETGEN_ACCEPT_SNAPSHOTS=1</c> writes it anew.
/// </summary>
public class BuggyNetworkTests
{
    /// <summary>What a NeuraLint variant's defect is called by. Widths that grow are a matter of style, and the last is no fault of the network.</summary>
    private static readonly Dictionary<string, (string[] Codes, string[] Rules)> s_defects = new()
    {
        ["softmax over one unit"] = (["O1"], []),
        ["sigmoid before a logits loss"] = (["O10"], []),
        ["constant weights"] = (["S7"], []),
        ["zero weights"] = (["S7"], []),
        ["pooling result not used (Flatten reads the convolution)"] = ([], ["prevented"]),
        ["dropout before batch normalisation"] = (["S8"], []),
        ["dropout before pooling"] = ([], ["NG2047", "NG2048"]),
        ["dense widths grow"] = ([], ["style"]),
        ["too much down-sampling (strides and pools)"] = ([], ["NG1027"]),
        ["stride/window too large for the feature map"] = ([], ["NG1027", "NG2051", "NG2052", "NG2053", "NG2054"]),
        ["no Flatten before Linear"] = (["S10"], []),
        ["no activation after convolutions"] = (["S1m"], []),
        ["no probability output and loss on raw outputs"] = (["O5"], []),
        ["training script faults (structure equals the clean one)"] = ([], ["none"]),
    };

    /// <summary>The cases about shapes: how they would be declared here and which rule says so, or why they cannot be.</summary>
    private static readonly (string Id, string? Source, string Rule, string Why)[] s_shapes =
    [
        ("UT-1", null, "", "sizes of inputs are inferred, so there is none to get wrong"),
        ("UT-5", null, "", "`CrossEntropyLoss` takes class numbers, `int`, and no other target compiles"),
        ("UT-6", "[Network(20, 50), Linear(10), CrossEntropyLoss] partial class Net;", "NG1018", "a matrix before a layer that takes a flat input"),
        ("UT-7", null, "", "every size is known when the network is compiled"),
        ("UT-8", null, "", "a layer's weight has the shape of its input"),
        ("UT-11", "[Network(28, 28, 1), Conv2d(32, 5, Padding = 2), ReLU, Flatten, Linear(10), CrossEntropyLoss] partial class Net;", "NG2001", "a picture with its channels last"),
        ("UT-12", null, "", "sizes of inputs are inferred, so there is none to get wrong"),
        ("UT-13", "[Network(784), Linear(1), CrossEntropyLoss] partial class Net;", "NG2011", "one output for several classes"),
        ("UT-15", null, "", "spans have one length, nothing is broadcast"),
    ];

    /// <summary>Its target is one label, and the repaired network is for three classes.</summary>
    private const string OtherTarget = "SO-50079585";

    /// <summary>Why nothing names the fault of a case, its target stated.</summary>
    private static readonly Dictionary<string, Func<BuggyNetwork, string>> s_reasons = new()
    {
        ["SO-61234347"] = network => "S3 is told by the number of tanhs, and these are in their linear part. "
            + $"The gradient at the first layer is {GradientKept(network.Notation.Attributes!)} as long as at the last, {GradientKept(network.Notation.Initialised!)} with Keras's initialisers, and does not vanish.",
    };

    private static readonly Lazy<Task<IReadOnlyList<BuggyNetwork>>> s_stackOverflow = new(() => Section("stackoverflow"));
    private static readonly Lazy<Task<IReadOnlyList<BuggyNetwork>>> s_gitHub = new(() => Section("github"));
    private static readonly Lazy<Task<IReadOnlyList<BuggyNetwork>>> s_autoTrainer = new(() => Section("autotrainer"));

    private static readonly Lazy<Task<IReadOnlyList<Mutant>>> s_mutants = new(MutantNetworks.OfMnist);
    private static readonly Lazy<Task<IReadOnlyList<(Mutant Mutant, JsonElement Published)>>> s_study = new(MutantNetworks.Study);

    private static readonly Lazy<Task<IReadOnlyList<BuggyNetwork>>> s_fixed = new(() => BuggyNetwork.Build(
        [.. BuggyNetworksFile.Section("stackoverflow").Where(HasFixed).Select(json => BuggyNetworksFile.Network(json.GetProperty("fixed"), json)).Select(network => network.Id == OtherTarget ? network with { Statement = null } : network)]));

    private static readonly Lazy<Task<IReadOnlyList<BuggyNetwork>>> s_lenets = new(() => BuggyNetwork.Build(
        [.. BuggyNetworksFile.Section("neuralint_synthetic").Select(json => BuggyNetworksFile.Network(json) with { Codes = s_defects[json.GetProperty("defect").GetString()!].Codes })]));

    /// <summary>Of the cases that can be declared and have a fault that is not weak at least 95 of 100, where the target is stated.</summary>
    [Fact]
    public async Task StackOverflow_faults_are_told()
    {
        BuggyNetwork[] counted = Counted(await s_stackOverflow.Value);
        Assert.InRange(counted.Length, 40, 97);
        IEnumerable<string> missed = counted.Where(network => network.Verdict != Verdict.Detected).Select(network => $"{network.Id} ({string.Join(", ", network.Codes)}): {network.Source(isStated: true)}");
        Assert.True(Share(counted, Verdict.Detected) >= 0.95, string.Join('\n', missed));
    }

    /// <summary>What is missed has a reason on the page.</summary>
    [Fact]
    public async Task Missed_StackOverflow_faults_have_a_reason() =>
        Assert.Equal(s_reasons.Keys, (await s_stackOverflow.Value).Where(network => network.Verdict == Verdict.Missed).Select(network => network.Id));

    /// <summary>Those that only a weak fault is known of are told in a lower voice.</summary>
    [Fact]
    public async Task Weak_StackOverflow_faults_are_mentioned()
    {
        IEnumerable<BuggyNetwork> weak = (await s_stackOverflow.Value).Where(network => network.IsDeclarable && network.Codes.Length > 0 && network.StrongCodes.Length == 0);
        string[] missed = [.. weak.Where(network => network.Verdict == Verdict.Missed).Select(network => $"{network.Id} ({string.Join(", ", network.Codes)}): {network.Source(isStated: true)}")];
        Assert.True(missed.Length == 0, string.Join('\n', missed));
    }

    /// <summary>Repaired by their authors: nothing loud but for faults that they keep.</summary>
    [Fact]
    public async Task Repaired_networks_are_not_cried_at()
    {
        string[] cried = [.. (await s_fixed.Value)
            .Where(network => network.Said.Any(one => one.IsLoud && !network.Codes.Any(code => Faults.Rules.GetValueOrDefault(code, []).Contains(one.Rule))))
            .Select(network => $"{network.Id} ({string.Join(", ", network.Codes)}), {Text(network.Said)}: {network.Source(isStated: true)}")];
        Assert.True(cried.Length == 0, string.Join('\n', cried));
    }

    /// <summary>Every variant that is not a matter of style.</summary>
    [Fact]
    public async Task LeNets_of_NeuraLint_are_told()
    {
        IReadOnlyList<BuggyNetwork> networks = await s_lenets.Value;
        Assert.Equal(14, networks.Count);
        string[] missed = [.. networks.Zip(Defects()).Where(pair => LeNetVerdict(pair.First, pair.Second) == Verdict.Missed).Select(pair => $"{pair.First.Id}, {Text(pair.First.Said)}: {pair.First.Source(isStated: true)}")];
        Assert.True(missed.Length == 0, string.Join('\n', missed));
    }

    [Fact]
    public async Task Faults_of_shapes_are_told_or_cannot_be_written()
    {
        Assert.Equal(BuggyNetworksFile.Section("shapes_unit").Select(json => json.GetProperty("id").GetString()), s_shapes.Select(shape => shape.Id));
        (string Id, string? Source, string Rule, string Why)[] declared = [.. s_shapes.Where(shape => shape.Source is not null)];
        IReadOnlyList<Said>[] said = await Declared.Build([.. declared.Select(shape => shape.Source!)]);
        Assert.All(declared.Zip(said), pair => Assert.Contains(pair.Second, one => one.Rule == pair.First.Rule && one.IsLoud));
    }

    /// <summary>A change of the declaration that does harm is told, or cannot be made; which is all that a build can tell of.</summary>
    [Fact]
    public async Task Changes_of_DeepCrime_are_told()
    {
        Mutant[] mutants = [.. await s_mutants.Value, .. (await s_study.Value).Select(each => each.Mutant)];
        string[] missed = [.. mutants.Where(mutant => mutant.Verdict == Verdict.Missed).Select(mutant => $"{mutant.Id} {mutant.Change}, {Text(mutant.Network!.Said)}: {mutant.Network.Source(isStated: true)}")];
        Assert.True(missed.Length == 0, string.Join('\n', missed));
    }

    /// <summary>Where the file has a declaration the translation is the same.</summary>
    [Fact]
    public void Translations_are_those_of_the_file()
    {
        JsonElement[] given = [.. BuggyNetworksFile.Section("stackoverflow").Where(json => BuggyNetworksFile.Text(json, "netgen") is not null)];
        Assert.True(given.Length > 60);
        Assert.Equal(given.Select(json => json.GetProperty("netgen").GetString()), given.Select(json => $"[{BuggyNetworksFile.Network(json).Notation.Attributes}]"));
    }

    [Fact]
    public void Every_code_is_named_by_a_rule_or_cannot_be_written() =>
        Assert.All(BuggyNetworksFile.Codes.Select(code => Faults.Short(code.Name)), code => Assert.True(Faults.Rules.ContainsKey(code) ^ Faults.Prevented.ContainsKey(code), code));

    [Fact]
    public async Task The_page_has_the_table() => MeasuredPage.Match("buggy-networks.md", await Tables());

    private static async Task<string> Tables()
    {
        var text = new StringBuilder();
        IReadOnlyList<BuggyNetwork> stackOverflow = await s_stackOverflow.Value;
        BuggyNetwork[] counted = Counted(stackOverflow);
        BuggyNetwork[] weak = [.. stackOverflow.Where(network => network.IsDeclarable && network.Codes.Length > 0 && network.StrongCodes.Length == 0)];
        Line("## In all");
        Line("");
        Line("| StackOverflow cases | |");
        Line("|---|---|");
        Line($"| in the file | {stackOverflow.Count} |");
        Line($"| that can be declared | {stackOverflow.Count(network => network.IsDeclarable)} |");
        Line($"| of these, with a fault that is not weak and can be written | {counted.Length} |");
        Line($"| named by a warning or an error, the target stated | {Count(counted, Verdict.Detected)} ({Percent(Share(counted, Verdict.Detected))}) |");
        Line($"| the same, nothing stated of the target | {counted.Count(network => network.VerdictOfItself == Verdict.Detected)} ({Percent((double)counted.Count(network => network.VerdictOfItself == Verdict.Detected) / counted.Length)}) |");
        Line($"| named by information only, the target stated | {Count(counted, Verdict.Information)} |");
        Line($"| missed | {Count(counted, Verdict.Missed)} |");
        Line($"| with faults that cannot be written | {stackOverflow.Count(network => network.Verdict == Verdict.Prevented)} |");
        Line($"| with weak faults only | {weak.Length}, of which {weak.Count(network => network.Verdict != Verdict.Missed)} are named |");
        Line($"| without a published fault of the declaration | {stackOverflow.Count(network => network.Verdict == Verdict.NoFault)} |");
        Line("");
        Line("| tool, by its authors | cases | named |");
        Line("|---|---|---|");
        Published("deepmufl, any of its configurations", "deepmufl(any configuration)");
        Published("DeepDiagnosis", "DeepDiagnosis");
        Published("DeepLocalize", "DeepLocalize");
        Published("UMLAUT", "UMLAUT");
        Published("NeuraLint", "NeuraLint");
        Line("");
        Line("These are the cases of the file that have published verdicts. All but NeuraLint train the network.");
        Line("");
        Line("## Faults and the rules that name them");
        Line("");
        Line("| | fault | rules |");
        Line("|---|---|---|");
        foreach (JsonProperty code in BuggyNetworksFile.Codes)
        {
            string name = Faults.Short(code.Name);
            Line($"| {name} | {code.Value.GetString()} | {(Faults.Rules.TryGetValue(name, out string[]? rules) ? string.Join(", ", rules.Select(Link)) : "cannot be written: " + Faults.Prevented[name])} |");
        }

        Line("");
        Line("## StackOverflow");
        Line("");
        Line("| case | faults | the build, the target stated | verdict | nothing stated | named by |");
        Line("|---|---|---|---|---|---|");
        foreach ((BuggyNetwork network, JsonElement json) in stackOverflow.Zip(BuggyNetworksFile.Section("stackoverflow")))
            Line($"| {network.Id}{Mark(network)} | {string.Join(" ", network.Codes)} | {Build(network)} | {Word(network.Verdict)} | {Word(network.VerdictOfItself)} | {NamedBy(json)} |");
        Line("");
        Line("With nothing stated those are missed whose fault is what the target is, which a declaration does not tell. With the target stated:");
        Line("");
        foreach (BuggyNetwork network in stackOverflow.Where(network => network.Verdict == Verdict.Missed))
            Line($"- {network.Id}: {s_reasons[network.Id](network)}");
        Line("");
        Line("Repaired by the authors of the sets, the target stated:");
        Line("");
        Line("| case | faults that it keeps | the build |");
        Line("|---|---|---|");
        foreach (BuggyNetwork network in await s_fixed.Value)
            Line($"| {network.Id}{Mark(network)} | {string.Join(" ", network.Codes)} | {Build(network)} |");
        Line("");
        Line("## NeuraLint's LeNets");
        Line("");
        Line("| case | defect | the build | verdict |");
        Line("|---|---|---|---|");
        foreach ((BuggyNetwork network, string defect) in (await s_lenets.Value).Zip(Defects()))
            Line($"| {network.Id["NL-SYN-".Length..].Replace("TF_", "", StringComparison.Ordinal)} | {defect} | {Build(network)} | {LeNetWord(network, defect)} |");
        Line("");
        Line("## AutoTrainer's structures");
        Line("");
        (BuggyNetwork Network, string? Symptom)[] structures = [.. (await s_autoTrainer.Value).Zip(BuggyNetworksFile.Section("autotrainer"), (network, json) => (network, BuggyNetworksFile.Text(json, "symptom")))];
        Line($"{structures.Count(one => one.Symptom is not null)} structures that explode or vanish, of which {structures.Count(one => one.Symptom is not null && IsLoud(one.Network))} are detected, and {structures.Count(one => one.Symptom is null)} seeds, of which {structures.Count(one => one.Symptom is null && IsLoud(one.Network))} have a warning: these are deep and start from small uniform weights, so their gradient vanishes.");
        Line("Layers, initialisers and outputs as published; no target is.");
        Line("");
        Line("| case | published symptom | the build | verdict |");
        Line("|---|---|---|---|");
        foreach ((BuggyNetwork network, string? symptom) in structures)
            Line($"| {network.Id["AT-".Length..]} | {symptom ?? "none, a seed"} | {Build(network)} | {(symptom is null ? "" : IsLoud(network) ? "detected" : "**missed**")} |");
        Line("");
        Line("## Shapes");
        Line("");
        Line("| case | fault | here |");
        Line("|---|---|---|");
        foreach (((string _, string? source, string rule, string why), JsonElement json) in s_shapes.Zip(BuggyNetworksFile.Section("shapes_unit")))
            Line($"| {json.GetProperty("id").GetString()} | {json.GetProperty("facts").GetString()} | {(source is null ? "prevented: " : $"detected, {Link(rule)}: ")}{why} |");
        Line("");
        Line("## Changed networks");
        Line("");
        Line("DeepCrime changes a network that trains, to see what tests find. These are its operators that change a declaration, at each layer of its MNIST model: the others change data, epochs, batch, learning rate, optimizer or regularisation, which are no part of it.");
        Line("");
        Line("| change | faults | the build, the target stated | verdict |");
        Line("|---|---|---|---|");
        foreach (Mutant mutant in await s_mutants.Value)
            Line($"| {mutant.Change} | {string.Join(" ", mutant.Network!.Codes)} | {Build(mutant.Network)} | {Word(mutant.Verdict)} |");
        Line("");
        (Mutant Mutant, JsonElement Published)[] study = [.. await s_study.Value];
        Mutant[] declared = [.. study.Select(each => each.Mutant).Where(mutant => mutant.Network is not null)];
        Line($"A study of fault localisation (Humbatova et al. 2025) has {study.Length} subjects, of which {declared.Length} are changes of a declaration that can be written down here: detected {declared.Count(mutant => mutant.Verdict == Verdict.Detected)}, prevented {declared.Count(mutant => mutant.Verdict == Verdict.Prevented)}, missed {declared.Count(mutant => mutant.Verdict == Verdict.Missed)}. DeepFD, DeepDiagnosis and UMLAUT train the network.");
        Line("");
        Line("| subject | what was changed | ground truth | the build | verdict | DeepFD | DeepDiagnosis | NeuraLint | UMLAUT |");
        Line("|---|---|---|---|---|---|---|---|---|");
        foreach ((Mutant mutant, JsonElement json) in study)
        {
            string tools = string.Join(" | ", new[] { "DeepFD", "DeepDiagnosis", "NeuraLint", "UMLAUT" }.Select(tool => Listed(BuggyNetworksFile.Text(json, tool)!)));
            Line($"| {mutant.Id} | {BuggyNetworksFile.Text(json, "subject")} | {Listed(mutant.Change)} | {(mutant.Network is { } network ? Build(network) : "")} | {(mutant.Network is null ? mutant.Why : Word(mutant.Verdict))} | {tools} |");
        }

        Line("");
        Line("## GitHub");
        Line("");
        Line("No fault of structure is published for these; they show what the build says of networks as they are found.");
        Line("");
        Line("| case | the build |");
        Line("|---|---|");
        foreach (BuggyNetwork network in await s_gitHub.Value)
            Line($"| {network.Id}{Mark(network)} | {Build(network)} |");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        static string Listed(string alternatives) => string.Join(", ", alternatives.Split('|', StringSplitOptions.TrimEntries));

        static bool IsLoud(BuggyNetwork network) => network.Said.Any(one => one.IsLoud);

        void Published(string tool, string name)
        {
            string[][] verdicts = [.. BuggyNetworksFile.Section("stackoverflow").Where(json => json.TryGetProperty("detected_by", out _)).Select(json => BuggyNetworksFile.Strings(json, "detected_by").ToArray())];
            Line($"| {tool} | {verdicts.Length} | {verdicts.Count(tools => tools.Contains(name))} |");
        }
    }

    /// <summary>Those that can be declared and have a fault that is not weak, and not only such as cannot be written.</summary>
    private static BuggyNetwork[] Counted(IEnumerable<BuggyNetwork> networks) =>
        [.. networks.Where(network => network.IsDeclarable && network.StrongCodes.Any(code => !Faults.Prevented.ContainsKey(code)))];

    private static string GradientKept(string attributes)
    {
        var flow = new SignalFlow(SourceNetworks.Of($"[{attributes}] partial class Net;"));
        return SignalFlow.Percent(flow.Length(flow.Layers[0]) / flow.Length(flow.Layers[^1]));
    }

    private static int Count(BuggyNetwork[] networks, Verdict verdict) => networks.Count(network => network.Verdict == verdict);

    private static double Share(BuggyNetwork[] networks, Verdict verdict) => (double)Count(networks, verdict) / networks.Length;

    private static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);

    private static string Mark(BuggyNetwork network) => network.IsDeclarable && network.Notation.IsAssumed ? "\\*" : "";

    private static string Build(BuggyNetwork network) => network.IsDeclarable ? Text(network.Said) : "no " + network.Notation.Missing!.Replace("<", "", StringComparison.Ordinal).Replace(">", "", StringComparison.Ordinal);

    /// <summary>Warnings and errors, and in parentheses what is said in a lower voice.</summary>
    private static string Text(IReadOnlyList<Said> said)
    {
        string loud = string.Join(" ", said.Where(one => one.IsLoud).Select(one => one.Rule).Distinct().Select(Link));
        string low = string.Join(" ", said.Where(one => !one.IsLoud).Select(one => one.Rule).Distinct().Select(Link));
        return low.Length == 0 ? loud : $"{loud} ({low})".TrimStart();
    }

    private static string Link(string rule) => $"[{rule}](rules/{rule}.md)";

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.NotDeclarable => "not declarable",
        Verdict.NoFault => "",
        Verdict.Missed => "**missed**",
        _ => verdict.ToString().ToLowerInvariant(),
    };

    private static string NamedBy(JsonElement json)
    {
        string[] tools = [.. BuggyNetworksFile.Strings(json, "detected_by").Where(tool => tool != "deepmufl(MUSE,100%)").Select(tool => tool.Split('(')[0])];
        if (json.TryGetProperty("deepfd_diagnose", out JsonElement diagnose))
            tools = [.. tools.Union(diagnose.EnumerateObject().Where(tool => tool.Value.GetString() == "1").Select(tool => tool.Name))];
        bool isPublished = json.TryGetProperty("detected_by", out _) || json.TryGetProperty("deepfd_diagnose", out _);
        return tools.Length > 0 ? string.Join(", ", tools) : isPublished ? "none" : "";
    }

    private static IEnumerable<string> Defects() => BuggyNetworksFile.Section("neuralint_synthetic").Select(json => json.GetProperty("defect").GetString()!);

    private static Verdict LeNetVerdict(BuggyNetwork network, string defect)
    {
        (string[] codes, string[] rules) = s_defects[defect];
        return codes.Length > 0 ? network.Verdict
            : rules is ["style" or "none"] ? Verdict.NoFault
            : rules is ["prevented"] ? Verdict.Prevented
            : network.Said.Any(one => one.IsLoud && rules.Contains(one.Rule)) ? Verdict.Detected
            : network.Said.Any(one => rules.Contains(one.Rule)) ? Verdict.Information
            : Verdict.Missed;
    }

    private static string LeNetWord(BuggyNetwork network, string defect) => s_defects[defect].Rules switch
    {
        ["style"] => "a matter of style",
        ["none"] => "no fault of the network",
        _ => Word(LeNetVerdict(network, defect)),
    };

    private static bool HasFixed(JsonElement json) => json.TryGetProperty("fixed", out JsonElement repaired) && repaired.ValueKind == JsonValueKind.Object && repaired.TryGetProperty("layers", out _);

    private static Task<IReadOnlyList<BuggyNetwork>> Section(string name) => BuggyNetwork.Build([.. BuggyNetworksFile.Section(name).Select(json => BuggyNetworksFile.Network(json))]);
}
