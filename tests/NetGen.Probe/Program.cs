using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NetGen;
using NetGen.Probe;
using NetGen.Runtime;

// Trains small networks and prints the bits of everything. The first line says which instruction sets this process has.
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"Vector512={Vector512.IsHardwareAccelerated} Vector256={Vector256.IsHardwareAccelerated} Fma={Fma.IsSupported} Avx2={Avx2.IsSupported}"));

ulong state = 0;
int threads = 1;
var lines = new List<string>();
Run();
string[] one = [.. lines];
foreach (string line in one)
    Console.WriteLine(line);

// Whether more threads, which share even the smallest step, compute the same.
foreach (int count in new[] { 2, 3, 7, 16 })
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
    var classifier = Shared(new Classifier(42));
    Print("initial parameters", classifier.FlatParameters);
    for (int step = 0; step < 12; step++)
    {
        int batch = step == 7 ? 5 : 21;
        PrintLoss(step, classifier.TrainStep(Floats(batch * Classifier.InputSize), [.. Enumerable.Range(0, batch).Select(i => i * 7 % 11)], new SGD(0.3, weightDecay: 0.01)));
        Print("gradients", classifier.FlatGradients);
    }

    Print("parameters", classifier.FlatParameters);
    Predict(classifier, 1);
    Predict(classifier, 37);

    var regression = Shared(new Regression(43));
    for (int step = 0; step < 30; step++)
        PrintLoss(step, regression.TrainStep(Floats(19 * Regression.InputSize), Floats(19), new SGD(0.05)));
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

TNetwork Shared<TNetwork>(TNetwork network)
    where TNetwork : INetwork
{
    network.Parallelism = threads;
    NetworkRunner.Of(network)!.IsEager = threads > 1;
    return network;
}

void Train<TNetwork>(TNetwork network, int batch)
    where TNetwork : INetwork<TNetwork>, ITrainableNetwork<float>
{
    float[] inputs = Floats(batch * TNetwork.InputSize);
    var inputGradient = new float[inputs.Length];
    PrintLoss(0, network.ComputeGradients(inputs, [.. Enumerable.Repeat(0.25f, batch * TNetwork.OutputSize)], inputGradient));
    Print("gradients", network.FlatGradients);
    Print("input gradient", inputGradient);
    for (int step = 0; step < 2; step++)
        PrintLoss(step, network.TrainStep(inputs, [.. Enumerable.Repeat(0.25f, batch * TNetwork.OutputSize)], new SGD(0.1)));
    Print("parameters", network.FlatParameters);
    if (network.Buffers.Count > 0)
        Print("running variance", network.Buffers[1].ToArray());
    Predict(network, 1);
    Predict(network, 7);
}

void Predict<TNetwork>(TNetwork network, int batch)
    where TNetwork : INetwork<TNetwork>
{
    var output = new float[batch * TNetwork.OutputSize];
    network.Predict(Floats(batch * TNetwork.InputSize), output);
    Print("predictions", output);
}

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

void PrintLoss(int step, float loss) => Print(string.Create(CultureInfo.InvariantCulture, $"step {step}, loss"), new Span<float>(ref loss));

void Print(string what, Span<float> values)
{
    if (values.Length == 0 || values.ContainsAnyExceptInRange(float.MinValue, float.MaxValue) || !values.ContainsAnyExcept(0f))
        throw new InvalidOperationException(what + " hold no finite numbers.");

    // FNV-1a, which needs no library of the system: the probe runs where there is none, too.
    ulong hash = 14695981039346656037;
    foreach (byte part in MemoryMarshal.AsBytes(values))
        hash = (hash ^ part) * 1099511628211;
    string first = string.Join(' ', values[..Math.Min(4, values.Length)].ToArray().Select(v => BitConverter.SingleToUInt32Bits(v).ToString("x8", CultureInfo.InvariantCulture)));
    lines.Add($"{what}: {hash:x16} {first}");
}
