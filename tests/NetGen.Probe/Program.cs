using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using NetGen;
using NetGen.Probe;
using NetGen.References;
using NetGen.Runtime;

// Trains small networks, or with the argument "references" those of the reference, and prints the bits of everything. The first line says which instruction sets this process has.
// Numbers behind the argument are numbers of threads: the bits of the first are printed, and of the others whether they are the same.
// With the argument "rest" it prints what threads allocate while they train and predict, and what they take behind that.
ulong state = 0;
int[] counts = args.Length > 1 ? [.. args.Skip(1).Select(count => int.Parse(count, CultureInfo.InvariantCulture))] : [1, 2, 3, 7, 16];
int threads = counts[0];
var lines = new List<string>();
if (args is ["rest"])
{
    Rest();
    return;
}

Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"Vector512={Vector512.IsHardwareAccelerated} Vector256={Vector256.IsHardwareAccelerated} Fma={Fma.IsSupported} Avx2={Avx2.IsSupported}"));

Action train = args is ["references", ..] ? TrainReferences : TrainOwn;
Run();
string[] one = [.. lines];
foreach (string line in one)
    Console.WriteLine(line);

// Whether other numbers of threads, which share even the smallest step, compute the same.
foreach (int count in counts.Skip(1))
{
    threads = count;
    Run();
    string[] others = [.. one.Zip(lines).Where(pair => pair.First != pair.Second).Select(pair => pair.Second)];
    Console.WriteLine(others.Length == 0 && lines.Count == one.Length ? $"{count} threads: the same" : $"{count} threads: {others.Length} other lines, the first of them {others.FirstOrDefault()}");
}

void Run()
{
    state = 1;
    lines.Clear();
    train();
}

void TrainOwn()
{
    var classifier = Shared(new Classifier(42));
    Print("initial parameters", classifier.FlatParameters);
    for (int step = 0; step < 12; step++)
    {
        int batch = step == 7 ? 5 : 21;
        PrintLoss(nameof(Classifier), step, classifier.TrainStep(Floats(batch * Classifier.InputSize), [.. Enumerable.Range(0, batch).Select(i => i * 7 % 11)], new SGD(0.3, weightDecay: 0.01)));
        Print("gradients", classifier.FlatGradients);
    }

    Print("parameters", classifier.FlatParameters);
    Predict(classifier, 1);
    Predict(classifier, 37);

    var regression = Shared(new Regression(43));
    for (int step = 0; step < 30; step++)
        PrintLoss(nameof(Regression), step, regression.TrainStep(Floats(19 * Regression.InputSize), Floats(19), new SGD(0.05)));
    Print("parameters", regression.FlatParameters);
    Predict(regression, 1);
    Predict(regression, 130);

    // More samples than one chunk of the weight gradient's sums.
    Train(Shared(new Long(44)), 300);
    Train(Shared(new Wide(45)), 300);
    Train(Shared(new Gathered(46)), 300);
    Train(Shared(new Tiny(47)), 300);
    Train(Shared(new Planes(48)), 9);
    Train(Shared(new Pixels(49)), 9);
    Train(Shared(new Line(50)), 40);
    Train(Shared(new Branches(51)), 9);
    Train(Shared(new Skips(52)), 300);
    Train(Shared(new Normalized(53)), 37);
}

void TrainReferences()
{
    foreach (Type type in typeof(AlexNet).Assembly.GetTypes().Where(type => type.Namespace == typeof(AlexNet).Namespace && type.IsAssignableTo(typeof(INetwork))).OrderBy(type => type.Name, StringComparer.Ordinal))
    {
        INetwork network = Shared((INetwork)Activator.CreateInstance(type, 5UL)!);
        Train(network, Structure(network).Layers.Sum(layer => layer.Multiplications) > 10_000_000 ? 2 : 37);
    }
}

// The least of several readings: the runtime does this and that once.
void Rest()
{
    threads = 3;
    LeNet5 network = Shared(new LeNet5(5));
    var optimizer = new Adam(1e-3) { ClipNorm = 1 };
    float[] inputs = Floats(40 * LeNet5.InputSize), outputs = new float[40 * LeNet5.OutputSize];
    int[] labels = new int[40];
    Console.WriteLine(Least(
        () => GC.GetTotalAllocatedBytes(precise: true),
        () =>
        {
            for (int i = 0; i < 20; i++)
            {
                network.TrainStep(inputs, labels, optimizer);
                network.Predict(inputs, outputs);
                network.Predict(inputs.AsSpan(0, LeNet5.InputSize), outputs.AsSpan(0, LeNet5.OutputSize));
            }
        }));
    Console.WriteLine(Least(() => (long)Environment.CpuUsage.TotalTime.TotalMilliseconds, () => Thread.Sleep(500)));
}

static long Least(Func<long> reading, Action action) => Enumerable.Range(0, 5).Min(_ =>
{
    long before = reading();
    action();
    return reading() - before;
});

static (int InputSize, IReadOnlyList<LayerInfo> Layers) Structure(INetwork network) => NetworkRunner.Of(network)!.Structure();

TNetwork Shared<TNetwork>(TNetwork network)
    where TNetwork : INetwork
{
    network.Parallelism = threads;
    NetworkRunner.Of(network)!.IsEager = threads > 1;
    return network;
}

void Train(INetwork network, int batch)
{
    string name = network.GetType().Name;
    int outputs = OutputSize(network);
    float[] inputs = Floats(batch * Structure(network).InputSize);
    float[] values = [.. Enumerable.Repeat(0.25f, batch * outputs)];
    int[] labels = [.. Enumerable.Range(0, batch).Select(i => i * 7 % outputs)];
    var inputGradient = new float[inputs.Length];
    var optimizer = new SGD(0.1);
    PrintLoss(name, 0, TrainStep());
    PrintLoss(name, 1, ComputeGradients());
    Print(name + ", input gradient", inputGradient);
    if (network.FlatParameters.Length > 0)
    {
        Print(name + ", gradients", network.FlatGradients);
        Print(name + ", parameters", network.FlatParameters);
    }

    if (network.Buffers.Count > 0)
        Print(name + ", running variance", network.Buffers[1].ToArray());
    Predict(network, 1);
    Predict(network, Math.Min(batch, 7));

    float TrainStep() => network switch
    {
        ITrainableNetwork<float> regression => regression.TrainStep(inputs, values, optimizer),
        ITrainableNetwork<int> classifier => classifier.TrainStep(inputs, labels, optimizer),
        _ => network.TrainStep(inputs, Shrink, optimizer),
    };

    float ComputeGradients() => network switch
    {
        ITrainableNetwork<float> regression => regression.ComputeGradients(inputs, values, inputGradient),
        ITrainableNetwork<int> classifier => classifier.ComputeGradients(inputs, labels, inputGradient),
        _ => network.ComputeGradients(inputs, Shrink, inputGradient),
    };
}

// A loss for networks that are declared without one.
static float Shrink(ReadOnlySpan<float> outputs, Span<float> gradient)
{
    for (int i = 0; i < outputs.Length; i++)
        gradient[i] = outputs[i] / outputs.Length;
    return 0.5f;
}

void Predict(INetwork network, int batch)
{
    var output = new float[batch * OutputSize(network)];
    network.Predict(Floats(batch * Structure(network).InputSize), output);
    Print($"{network.GetType().Name}, predictions", output);
}

static int OutputSize(INetwork network) => Structure(network).Layers[^1].OutputShape.Aggregate(1, (product, size) => product * size);

float[] Floats(int count)
{
    var values = new float[count];
    foreach (ref float value in values.AsSpan())
    {
        state = (state * 6364136223846793005) + 1442695040888963407;
        value = ((state >> 40) / 8388608f) - 1;
    }

    return values;
}

void PrintLoss(string name, int step, float loss) => Print(string.Create(CultureInfo.InvariantCulture, $"{name}, step {step}, loss"), new Span<float>(ref loss));

void Print(string what, Span<float> values)
{
    if (values.Length == 0 || values.ContainsAnyExceptInRange(float.MinValue, float.MaxValue) || !values.ContainsAnyExcept(0f))
        throw new InvalidOperationException(what + " hold no finite numbers.");

    // FNV-1a by floats, which needs no library of the system: the probe runs where there is none, too.
    ulong hash = 14695981039346656037;
    foreach (uint part in MemoryMarshal.Cast<float, uint>(values))
        hash = (hash ^ part) * 1099511628211;
    string first = string.Join(' ', values[..Math.Min(4, values.Length)].ToArray().Select(v => BitConverter.SingleToUInt32Bits(v).ToString("x8", CultureInfo.InvariantCulture)));
    lines.Add($"{what}: {hash:x16} {first}");
}
