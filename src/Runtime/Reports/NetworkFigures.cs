using System;
using System.Collections.Generic;
using System.Linq;

namespace NetGen.Reports;

/// <summary>
/// What is known of a network when it is built, for one sample where nothing else is said. The generator writes it into the assembly (<see cref="FiguresText"/>);
/// the runtime and the task of the package read it there. The three compile this folder.
/// </summary>
internal sealed record NetworkFigures
{
    /// <summary>The class's name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace and the classes around it, with a dot behind each; empty where there are none.</summary>
    public required string Scope { get; init; }

    /// <summary>The loss; empty where there is none.</summary>
    public required string Loss { get; init; }

    /// <summary>The shape of a sample.</summary>
    public required IReadOnlyList<int> Input { get; init; }

    /// <summary>In order of execution.</summary>
    public required IReadOnlyList<LayerFigures> Layers { get; init; }

    /// <summary>What <c>Predict</c> takes: parameters, state and activations.</summary>
    public required Memory Inference { get; init; }

    /// <summary>What training takes: parameters, their gradients, state and activations. An optimizer's memory comes to it.</summary>
    public required Memory Training { get; init; }

    /// <summary>The steps that multiply, as they run after all rewrites.</summary>
    public required IReadOnlyList<StepFigures> Steps { get; init; }

    public string FullName => Scope + Name;

    public string Title => Name + (Loss.Length == 0 ? "" : ", " + Loss);

    public long Parameters => Layers.Sum(layer => layer.Parameters);

    /// <summary>The cost of all layers, half by half or together.</summary>
    public Pass Sum(Func<LayerFigures, Pass> pass) => Layers.Aggregate(default(Pass), (sum, layer) => sum + pass(layer));

    /// <summary>Whether the signal was followed.</summary>
    public bool HasSignal => Layers.Any(layer => layer.Signal is not null);
}

/// <summary>A layer of a network.</summary>
internal sealed record LayerFigures
{
    public required string Key { get; init; }

    /// <summary>As it is declared.</summary>
    public required string Layer { get; init; }

    /// <summary>The shape of a sample behind it.</summary>
    public required IReadOnlyList<int> Output { get; init; }

    /// <summary>The layers that it reads; −1 is the input.</summary>
    public required IReadOnlyList<int> Sources { get; init; }

    public long Parameters { get; init; }

    /// <summary>A forward pass in evaluation.</summary>
    public Pass Inference { get; init; }

    /// <summary>The forward half of a training step.</summary>
    public Pass Forward { get; init; }

    /// <summary>Its backward half, without what only the gradient of the network's input needs.</summary>
    public Pass Backward { get; init; }

    /// <summary>A training step without loss and update.</summary>
    public Pass Step => Forward + Backward;

    /// <summary>What an output sees of the input, an axis each; empty where that is not known.</summary>
    public IReadOnlyList<FieldOfAxis> Field { get; init; } = [];

    public SignalFigures? Signal { get; init; }

    /// <summary>How a gradient comes to it from the output.</summary>
    public PathFigures? Path { get; init; }

    public long OutputCount => Output.Aggregate(1L, (product, size) => product * size);

    /// <summary>Its key and what it is.</summary>
    public string Label => Key + " " + Layer;
}

/// <summary>What a pass computes for one sample, and the bytes that it reads and writes.</summary>
/// <param name="MultiplyAccumulates">Multiplications whose products are summed.</param>
/// <param name="Multiplications">All of them.</param>
/// <param name="Additions">All of them.</param>
/// <param name="Activations">Evaluations of functions.</param>
/// <param name="FixedBytes">Bytes whatever the batch.</param>
/// <param name="SampleBytes">Bytes for each sample.</param>
internal readonly record struct Pass(long MultiplyAccumulates, long Multiplications, long Additions, long Activations, long FixedBytes, long SampleBytes)
{
    /// <summary>What a pass is bound by that does fewer operations for each byte than the machine.</summary>
    public const string Memory = "memory";

    /// <summary>What one is bound by that does as many or more.</summary>
    public const string Compute = "compute";

    /// <summary>Floating-point operations.</summary>
    public long Flops => Multiplications + Additions;

    public double Bytes(int batch) => FixedBytes + ((double)SampleBytes * batch);

    /// <summary>Operations for each byte; 0 where nothing is moved.</summary>
    public double PerByte(int batch) => Bytes(batch) == 0 ? 0 : (double)Flops * batch / Bytes(batch);

    /// <summary>The roofline's verdict; empty where nothing is moved.</summary>
    public string BoundBy(ReportOptions options) => Bytes(options.Batch) == 0 ? "" : PerByte(options.Batch) >= options.Balance ? Compute : Memory;

    public static Pass operator +(Pass a, Pass b) => new(
        a.MultiplyAccumulates + b.MultiplyAccumulates, a.Multiplications + b.Multiplications, a.Additions + b.Additions, a.Activations + b.Activations,
        a.FixedBytes + b.FixedBytes, a.SampleBytes + b.SampleBytes);
}

/// <summary>Bytes of memory.</summary>
/// <param name="Fixed">What is there whatever the batch.</param>
/// <param name="PerSample">What a sample takes.</param>
/// <param name="RowMultiple">Samples count up to a multiple of it.</param>
/// <param name="MostRows">A larger batch is worked through in pieces of so many samples; 0: no batch is.</param>
/// <param name="OfPieces">What that takes beside it: the gradients of a piece.</param>
internal readonly record struct Memory(long Fixed, long PerSample, int RowMultiple, int MostRows, long OfPieces = 0)
{
    public long At(int batch)
    {
        long rows = MostRows > 0 ? Math.Min(batch, MostRows) : batch;
        return Fixed + (rows < batch ? OfPieces : 0) + (PerSample * ((rows + RowMultiple - 1) / RowMultiple * RowMultiple));
    }
}

/// <summary>A step as it runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Phase">The routine that it is a part of.</param>
/// <param name="Layers">The layers that it computes.</param>
/// <param name="MultiplyAccumulates">Products that are summed for a sample.</param>
/// <param name="MultiplyAdds">Those that its loops do, lanes of padding included.</param>
internal sealed record StepFigures(string Name, string Phase, string Layers, long MultiplyAccumulates, long MultiplyAdds)
{
    public const string Inference = "inference";

    public const string Backward = "backward";

    /// <summary>What stands between the layers.</summary>
    public const string Between = " to ";
}

/// <summary>What an output sees of the input along an axis: output i sees <c>Size</c> places from <c>Offset + Stride * i</c> on, of which some may lie in the padding.</summary>
/// <param name="Size">How many places.</param>
/// <param name="Stride">How far apart they begin; 0 where all outputs see the same.</param>
/// <param name="Offset">Where those of the first begin.</param>
internal readonly record struct FieldOfAxis(int Size, double Stride, int Offset);

/// <summary>What is predicted of a layer at initialisation.</summary>
/// <param name="Mean">The mean of its outputs.</param>
/// <param name="Deviation">Their standard deviation.</param>
/// <param name="Gradient">The standard deviation of the gradient of its outputs, for a gradient of 1 at the network's; not a number where none comes.</param>
/// <param name="Correlation">That of the outputs of two different inputs.</param>
internal sealed record SignalFigures(double Mean, double Deviation, double Gradient, double Correlation);

/// <summary>How gradients come from the output of a network to a layer.</summary>
/// <param name="IsIdentity">Whether some path changes nothing.</param>
/// <param name="Saturating">Saturating activations on the path with the fewest.</param>
/// <param name="Layers">Linear layers and convolutions on it.</param>
internal readonly record struct PathFigures(bool IsIdentity, int Saturating, int Layers);
