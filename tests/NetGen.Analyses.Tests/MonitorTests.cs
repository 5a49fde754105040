using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using NetGen.Data;
using NetGen.Tests.Infrastructure;
using NetGen.Training;
using Xunit;

namespace NetGen.Tests.Analyses;

/// <summary>
/// The measure of <see cref="TrainingMonitor"/>: what it finds in networks of published sets while they are trained on data that are made here. The page <c>docs/training-monitor.md</c> has the table;
/// <c>NETGEN_ACCEPT_SNAPSHOTS=1</c> writes it anew.
/// </summary>
public class MonitorTests
{
    /// <summary>The seeds that the build warns of too: their gradients vanish, whatever they are labelled.</summary>
    private static readonly string[] s_notClean = ["CIFAR_10-tmp_lenet5_cifar", "MNIST-tmp_lenet5"];

    /// <summary>What shows a published symptom. Small weights before ReLU do both; what explodes is soon no number.</summary>
    private static readonly Dictionary<string, TrainingFault[]> s_symptoms = new()
    {
        ["explode (exponential)"] = [TrainingFault.LossNotFinite, TrainingFault.ExplodingGradients],
        ["vanish (sigmoid)"] = [TrainingFault.VanishingGradients],
        ["dying ReLU / small uniform weights"] = [TrainingFault.DeadUnits, TrainingFault.VanishingGradients],
    };

    /// <summary>Many convolutions: fewer samples still.</summary>
    private static readonly Regime s_mutants = Regime.Pictures with { SampleCount = 40, BatchSize = 8 };

    /// <summary>The optimizer of Keras's example for MNIST.</summary>
    private static readonly Regime s_mnist = s_mutants with { Optimizer = () => new Adadelta() };

    private static readonly Regime s_topics = Regime.Pictures with { SampleCount = 184, BatchSize = 32, Epochs = 10, SampleInterval = 6 };

    private static readonly Lazy<IReadOnlyList<MonitoredNetwork>> s_structures = new(() => MonitoredNetwork.Train([.. BuggyNetworksFile.Section("autotrainer").Select(Structure)]));

    private static readonly Lazy<IReadOnlyList<MonitoredNetwork>> s_changed = new(() => MonitoredNetwork.Train(
    [
        new("MNIST", MutantNetworks.Unchanged.Digits.Notation.Initialised!, SampleKind.Digits, s_mnist),
        new("CIFAR-10", MutantNetworks.Unchanged.Objects.Notation.Initialised!, SampleKind.Objects, s_mutants),
        new("Reuters", MutantNetworks.Unchanged.Topics.Notation.Initialised!, SampleKind.Topics, s_topics),
        .. MutantNetworks.MnistChanges().Select(mutant => new MonitoredNetwork(mutant.Change, mutant.Network!.Notation.Initialised!, SampleKind.Digits, s_mnist)),
        .. MutantNetworks.Subjects().Select(Subject).OfType<MonitoredNetwork>(),
    ]));

    [Fact]
    public void Faulty_structures_have_the_published_symptom_and_seeds_have_none()
    {
        Assert.Equal(53, s_structures.Value.Count);
        string[] wrong = [.. s_structures.Value.Zip(Published()).Where(each => !IsRight(each.First, each.Second)).Select(each => $"{each.First.Id}, {each.Second}: {Text(each.First)}")];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));

        static bool IsRight(MonitoredNetwork network, string? symptom) => symptom is null
            ? network.Symptoms.Count == 0 ^ s_notClean.Contains(network.Id)
            : network.Symptoms.Any(each => s_symptoms[symptom].Contains(each.Fault));
    }

    [Fact]
    public void Networks_that_nobody_changed_are_silent() => Assert.All(s_changed.Value.Take(3), network => Assert.Empty(network.Symptoms));

    /// <summary>What the page of NG2077 says of ones as the weights of a first layer.</summary>
    [Theory]
    [InlineData(false, 4, 0.006)]
    [InlineData(true, 173, 72)]
    public void Units_that_start_as_one_learn_slowly(bool areOnes, double first, double last)
    {
        BuggyNetwork network = areOnes ? MutantNetworks.Subjects().Single(mutant => mutant.Id == "FL-R6").Network! : MutantNetworks.Unchanged.Topics;
        Dataset<int> data = Samples.Of(SampleKind.Topics, 460);
        var net = (ITrainableNetwork<int>)Activator.CreateInstance(NetworkCompiler.Load($"using NetGen;\n[{network.Notation.Initialised}] public sealed partial class Net;").GetType("Net")!, 1UL)!;
        var optimizer = new Adam();
        Assert.Equal(first, net.TrainStep(data.Inputs, data.Targets, optimizer), 0.1 * first);
        float loss = 0;
        for (int step = 0; step < 120; step++)
            loss = net.TrainStep(data.Inputs, data.Targets, optimizer);
        Assert.Equal(last, loss, 0.2 * last);
    }

    [Fact]
    public void The_page_has_the_table() => MeasuredPage.Match("training-monitor.md", Tables());

    private static string Tables()
    {
        var text = new StringBuilder();
        IReadOnlyList<MonitoredNetwork> structures = s_structures.Value;
        string?[] symptoms = [.. Published()];
        Line("## AutoTrainer's structures");
        Line("");
        Line($"{symptoms.Count(symptom => symptom is not null)} structures that explode, vanish or die, of which {structures.Zip(symptoms).Count(each => each.Second is not null && each.First.Symptoms.Any(one => s_symptoms[each.Second].Contains(one.Fault)))} are found with that symptom, and {symptoms.Count(symptom => symptom is null)} seeds, of which {structures.Zip(symptoms).Count(each => each.Second is null && each.First.Symptoms.Count == 0)} hear nothing. The two others start from small uniform weights, do not learn, and have a [warning of the build](buggy-networks.md) too.");
        Line("");
        Line("| case | published symptom | DeepDiagnosis | the monitor |");
        Line("|---|---|---|---|");
        foreach (((MonitoredNetwork network, string? symptom), JsonElement json) in structures.Zip(symptoms).Zip(BuggyNetworksFile.Section("autotrainer")))
            Line($"| {network.Id} | {symptom ?? "none, a seed"} | {BuggyNetworksFile.Text(json, "deepdiagnosis") ?? ""} | {Text(network)} |");
        Line("");
        Line("## Changed networks");
        Line("");
        Line("DeepCrime's operators that change a declaration, at each layer of its MNIST model. Nothing is published of a single one; the codes are those of [the build's page](buggy-networks.md). Equal weights show in no symptom where the units part and the loss falls, slowly, from what is many times that of a guess; [the build](rules/NG2077.md) names them.");
        Line("");
        Line("| network | change | code | the monitor |");
        Line("|---|---|---|---|");
        foreach (MonitoredNetwork network in s_changed.Value.Take(3))
            Line($"| {network.Id} | none |  | {Text(network)} |");
        IReadOnlyList<Mutant> changes = MutantNetworks.MnistChanges();
        foreach ((MonitoredNetwork network, Mutant mutant) in s_changed.Value.Skip(3).Zip(changes))
            Line($"| MNIST | {mutant.Change} | {string.Join(" ", mutant.Network!.Codes)} | {Text(network)} |");
        Line("");
        Line("Subjects of a study of fault localisation (Humbatova et al. 2025):");
        Line("");
        Line("| subject | what was changed | ground truth | the monitor | DeepFD | DeepDiagnosis | NeuraLint | UMLAUT |");
        Line("|---|---|---|---|---|---|---|---|");
        foreach ((Mutant mutant, JsonElement json) in MutantNetworks.Subjects().Zip(BuggyNetworksFile.Section("fault_localisation_study")))
        {
            MonitoredNetwork? network = s_changed.Value.Skip(3 + changes.Count).SingleOrDefault(network => network.Id == mutant.Id);
            string tools = string.Join(" | ", new[] { "DeepFD", "DeepDiagnosis", "NeuraLint", "UMLAUT" }.Select(tool => Listed(BuggyNetworksFile.Text(json, tool)!)));
            Line($"| {mutant.Id} | {BuggyNetworksFile.Text(json, "subject")} | {Listed(mutant.Change)} | {(network is null ? "not trained: " + Reason(mutant.Id) : Text(network))} | {tools} |");
        }

        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        static string Listed(string alternatives) => string.Join(", ", alternatives.Split('|', StringSplitOptions.TrimEntries));
    }

    private static string Text(MonitoredNetwork network) => string.Join("; ", network.Symptoms.Select(symptom =>
    {
        string layers = symptom.Fault is TrainingFault.NoProgress or TrainingFault.Oscillation ? "" : $" {string.Join(", ", symptom.Where.Take(4))}{(symptom.Where.Length > 4 ? string.Create(CultureInfo.InvariantCulture, $" and {symptom.Where.Length - 4} more") : "")}";
        string count = symptom.Trainings == network.Regime.Seeds ? "" : string.Create(CultureInfo.InvariantCulture, $" ({symptom.Trainings} of {network.Regime.Seeds})");
        return string.Create(CultureInfo.InvariantCulture, $"{symptom.Fault}{layers}, step {symptom.Since}{count}");
    }));

    private static IEnumerable<string?> Published() => BuggyNetworksFile.Section("autotrainer").Select(json => BuggyNetworksFile.Text(json, "symptom"));

    private static MonitoredNetwork Structure(JsonElement json)
    {
        string id = BuggyNetworksFile.Text(json, "id")!["AT-".Length..];
        (SampleKind kind, string loss, string target) = id.Split('-')[0] switch
        {
            "Blob" => (SampleKind.Blob, "BCE", "oh3"),
            "Circle" => (SampleKind.Circle, "BCE", "b1"),
            "MNIST" => (SampleKind.Digits, "CCE", "oh10"),
            _ => (SampleKind.Objects, "CCE", "oh10"),
        };
        string attributes = KerasNotation.Of(BuggyNetworksFile.Text(json, "input"), BuggyNetworksFile.Strings(json, "layers"), loss, target).Initialised!;
        return new(id, attributes, kind, kind is SampleKind.Blob or SampleKind.Circle ? Regime.Points : Regime.Pictures);
    }

    /// <summary>A subject of the study, with the hyperparameter that it names; null where it is not trained.</summary>
    private static MonitoredNetwork? Subject(Mutant mutant)
    {
        string Declared(BuggyNetwork? unchanged = null) => (unchanged ?? mutant.Network!).Notation.Initialised!;
        (BuggyNetwork digits, BuggyNetwork objects, BuggyNetwork topics) = MutantNetworks.Unchanged;
        return mutant.Id switch
        {
            "FL-M1" => new(mutant.Id, Declared(), SampleKind.Digits, s_mnist),
            "FL-M3" => new(mutant.Id, Declared(digits), SampleKind.Digits, s_mutants with { Optimizer = () => new Adadelta(1e-3) }),
            "FL-C2" => new(mutant.Id, Declared(objects), SampleKind.Objects, s_mutants with { Epochs = 1 }),
            "FL-C3" => new(mutant.Id, Declared(), SampleKind.Objects, s_mutants),
            "FL-R3" => new(mutant.Id, Declared(topics), SampleKind.Topics, s_topics with { Optimizer = () => new Adam(1) }),
            "FL-R5" => new(mutant.Id, Declared(topics), SampleKind.Topics, s_topics with { Optimizer = () => new SGD(1e-2) }),
            "FL-R6" or "FL-R7" => new(mutant.Id, Declared(), SampleKind.Topics, s_topics),
            "FL-D5" => new(mutant.Id, BuggyNetworksFile.Network(BuggyNetworksFile.Section("stackoverflow").Single(json => BuggyNetworksFile.Text(json, "id") == "SO-48594888")).Notation.Initialised!, SampleKind.Objects, s_mutants with { BatchSize = 20 }),
            _ => null,
        };
    }

    private static string Reason(string id) => id switch
    {
        "FL-C1" => "there is no hard sigmoid",
        "FL-R1" => "there is no L1 regularisation",
        "FL-R4" => "there is no hinge loss",
        _ => "its layers are not in the file",
    };
}
