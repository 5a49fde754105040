using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;

namespace NetGen.Tests.Analyses;

/// <summary>A network that a tool changed, to see whether others find the change.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Change">What was changed.</param>
/// <param name="Network">The network; null where the change is not one of the declaration.</param>
/// <param name="Why">Why it is not declared.</param>
internal sealed record Mutant(string Id, string Change, BuggyNetwork? Network, string Why = "")
{
    public Verdict Verdict => Network?.Verdict ?? Verdict.NotDeclarable;
}

/// <summary>The changes of DeepCrime (Humbatova et al. 2021), and the fault localisation study that uses them (Humbatova et al. 2025).</summary>
internal static class MutantNetworks
{
    private const string Training = "a matter of training";

    /// <summary>Keras's example for the Reuters newswire.</summary>
    private static readonly string[] s_reuters = ["Linear(512)", "ReLU", "Dropout(0.5)", "Linear(46)", "Softmax"];

    /// <summary>Keras's example for CIFAR-10.</summary>
    private static readonly string[] s_cifar =
    [
        "Conv2d(32,3,same)", "ReLU", "Conv2d(32,3)", "ReLU", "MaxPool2d(2)", "Dropout(0.25)", "Conv2d(64,3,same)", "ReLU", "Conv2d(64,3)", "ReLU", "MaxPool2d(2)", "Dropout(0.25)",
        "Flatten", "Linear(512)", "ReLU", "Dropout(0.5)", "Linear(10)", "Softmax",
    ];

    private static readonly string[] s_mnist = [.. BuggyNetworksFile.Root.GetProperty("deepcrime").GetProperty("base_models").GetProperty("mnist").EnumerateArray().Select(layer => layer.GetString()!)];

    /// <summary>The subjects of the study. Where a model's code is not in the file its layers are those of Keras's example, which it is.</summary>
    public static async Task<IReadOnlyList<(Mutant Mutant, JsonElement Published)>> Study()
    {
        JsonElement[] published = [.. BuggyNetworksFile.Section("fault_localisation_study")];
        Mutant[] mutants = Subjects();
        await Build(mutants);
        return [.. mutants.Zip(published)];
    }

    /// <summary>The same, the build not asked.</summary>
    public static Mutant[] Subjects() =>
        [.. BuggyNetworksFile.Section("fault_localisation_study").Select(json => Subject(BuggyNetworksFile.Text(json, "id")!, BuggyNetworksFile.Text(json, "ground_truth")!))];

    /// <summary>What is changed, as it was.</summary>
    public static (BuggyNetwork Digits, BuggyNetwork Objects, BuggyNetwork Topics) Unchanged { get; } =
        (OfDigits(s_mnist, [], "CCE"), Network("", "(32,32,3)", s_cifar, "oh10", [], "CCE"), Network("", "(1000,)", s_reuters, "oh46", [], "CCE"));

    /// <summary>DeepCrime's operators that change a declaration, at every layer of its MNIST model that they can change.</summary>
    public static async Task<IReadOnlyList<Mutant>> OfMnist()
    {
        IReadOnlyList<Mutant> mutants = MnistChanges();
        await Build(mutants);
        return mutants;
    }

    /// <summary>The same, the build not asked.</summary>
    public static IReadOnlyList<Mutant> MnistChanges()
    {
        var mutants = new List<Mutant>();
        void Add(string change, string[] codes, string[] layers, string loss = "CCE") => mutants.Add(new Mutant("", change, OfDigits(layers, codes, loss)));
        int[] weighted = [.. Enumerable.Range(0, s_mnist.Length).Where(i => s_mnist[i].StartsWith("Conv", StringComparison.Ordinal) || s_mnist[i].StartsWith("Linear", StringComparison.Ordinal))];
        foreach (int i in weighted)
        {
            foreach (string value in new[] { "zeros", "ones" })
                Add($"weights of {s_mnist[i]}: {value}", i == weighted[^1] ? [] : ["S7"], Changed(s_mnist, i, $"{s_mnist[i]} init={value}"));
        }

        Add("activation of Conv2d(32,3) removed", ["S1"], Without(1));
        Add("activation of Conv2d(64,3) removed", ["S1m"], Without(3));
        Add("activation of Linear(128) removed", ["S1"], Without(8));
        Add("activation of Linear(10) removed", ["O5"], Without(11));
        Add("activation of Linear(10): ReLU", ["O4"], Changed(s_mnist, 11, "ReLU"));
        Add("activation of Linear(10): tanh", ["O4"], Changed(s_mnist, 11, "Tanh"));
        Add("activation of Linear(10): sigmoid", ["O3"], Changed(s_mnist, 11, "Sigmoid"));
        Add("activation of Linear(128): softmax", ["S4"], Changed(s_mnist, 8, "Softmax"));
        Add("loss: MSE", ["O8"], s_mnist, "MSE");
        Add("loss: MAE", ["O8"], s_mnist, "MAE");
        Add("loss: BCE", ["O9"], s_mnist, "BCE");
        return mutants;

        static string[] Without(int layer) => [.. s_mnist.Where((_, i) => i != layer)];
    }

    private static Mutant Subject(string id, string change) => id switch
    {
        "FL-M1" => new Mutant(id, change, OfDigits(Changed(s_mnist, 0, s_mnist[0] + " init=zeros"), ["S7"], "CCE")),
        "FL-C1" => new Mutant(id, change, null, "there is no hard sigmoid"),
        "FL-C3" => new Mutant(id, change, Network(id, "(32,32,3)", Changed(s_cifar, 2, s_cifar[2] + " init=ones"), "oh10", ["S7"], "CCE")),
        "FL-R4" => new Mutant(id, change, null, "there is no hinge loss"),
        "FL-R6" => new Mutant(id, change, Network(id, "(1000,)", Changed(s_reuters, 0, s_reuters[0] + " init=ones"), "oh46", ["S7"], "CCE")),
        "FL-R7" => new Mutant(id, change, Network(id, "(1000,)", s_reuters[..^1], "oh46", ["O5"], "CCE")),
        "FL-D6" => new Mutant(id, change, null, "its layers are not in the file"),
        _ => new Mutant(id, change, null, Training),
    };

    private static BuggyNetwork OfDigits(string[] layers, string[] codes, string loss) => Network("", "(28,28,1)", layers, "oh10", codes, loss);

    private static BuggyNetwork Network(string id, string input, string[] layers, string target, string[] codes, string loss) =>
        new(id, codes, KerasNotation.Of(input, layers, loss, target), KerasNotation.Statement(target));

    private static string[] Changed(string[] layers, int index, string layer) => [.. layers.Select((each, i) => i == index ? layer : each)];

    private static Task Build(IEnumerable<Mutant> mutants) => BuggyNetwork.Build([.. mutants.Select(mutant => mutant.Network).OfType<BuggyNetwork>()]);
}
