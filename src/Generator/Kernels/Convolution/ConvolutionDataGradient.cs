using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>
/// dx: the correlation of dy with the filter transposed and turned, times an activation's derivative where that is fused. With a stride it is a
/// correlation for each of its phases; those that see equally many taps and write equally many pixels are one loop.
/// </summary>
internal sealed class ConvolutionDataGradient
{
    private readonly ConvDataGradientStep _step;
    private readonly NestBuilder _nest;
    private readonly ConvKernel _k;
    private readonly Buffer _dy;
    private readonly Buffer _dx;
    private readonly ConvForm _form;

    private ConvolutionDataGradient(ConvDataGradientStep step)
    {
        (_step, _k, _dy, _dx) = (step, step.Conv, step.DY, step.DX);
        _form = _dx.Order == BufferOrder.Planes ? ConvForm.Rows : _k.Form == ConvForm.Depthwise ? ConvForm.Depthwise : ConvForm.Panels;
        _nest = new NestBuilder(step, ConvolutionDescription.Parameters(_k, "weight"));
    }

    /// <summary>The pixels of a row phase and a column phase.</summary>
    private sealed record Phase(GradientPhase Rows, GradientPhase Columns)
    {
        public int Taps => Rows.TapCount * Columns.TapCount;

        /// <summary>What phases of one loop share.</summary>
        public object Kind => (Taps == 0 ? default : (Rows.TapCount, Columns.TapCount), Rows.Count, Columns.Count);

        /// <summary>Its first pixel.</summary>
        public long Origin(Buffer buffer) => buffer.Origin + (Rows.Residue * buffer.RowStride) + (Columns.Residue * buffer.PixelStride);

        /// <summary>The pixel of dy that its first tap meets there.</summary>
        public long GradientOrigin(Buffer dy) => dy.Origin + (Rows.First * dy.RowStride) + (Columns.First * dy.PixelStride);
    }

    /// <summary>The repacked filter of one phase, and a line of pixels that are stored a stride apart.</summary>
    public static long Scratch(ConvDataGradientStep step) =>
        step.Conv.RepackedLength(step.DX.Order == BufferOrder.Planes) + (step.IsSpread ? step.Conv.Inputs * Packing.PadToPanel(step.DX.Shape.Width) : 0);

    public static Nest Of(ConvDataGradientStep step) => new ConvolutionDataGradient(step).Build();

    private Nest Build()
    {
        List<List<Phase>> kinds = [.. _k.RowPhases().SelectMany(rows => _k.ColumnPhases().Select(columns => new Phase(rows, columns))).GroupBy(phase => phase.Kind).Select(kind => kind.ToList())];
        var body = new List<Statement>();
        for (int i = 0; i < kinds.Count; i++)
        {
            string name = _step.Method + (kinds.Count == 1 ? "" : Describe.Int(i));
            Statement statement = kinds[i].Count == 1 ? Single(name, kinds[i][0]) : Several(name, kinds[i]);
            body.Add(kinds.Count > 1 && kinds[i].Count == 1 ? new Scope(statement) : statement);
        }

        if (_dx.Order == BufferOrder.Planes && _k.Op.Stride != Size2.Of(1) && _dx.Shape.Width % Packing.Panel != 0)
            body.Add(new RuntimeCall("PictureKernels.ClearTails", _nest["dx"], PictureLayout.Of(_dx), Variable.Rows));
        return _nest.Build(
            Block(body),
            $"{_k.Label} backward, data: {_k.Output.Display} to {_k.Input.Display}, the filter transposed and turned{(_step.Start is null ? "" : ", plus start")}"
                + (_step.Activation is null ? "." : $", times {_step.Activation.Display}' at what the forward pass saved."),
            ConvolutionDescription.Cost(_k) + ConvolutionDescription.Lanes(_form));
    }

    private Statement Single(string name, Phase phase)
    {
        Buffer? saved = _step.Saved;
        CorrelationSide? side = saved is null ? null : Side(_nest["saved"], saved, phase.Origin(saved));
        Correlation correlation = Correlation(name, phase, _nest["dy"], phase.GradientOrigin(_dy), _nest["dx"], phase.Origin(_dx), side);
        return Block([.. Repack(phase, phase.Rows.FirstTap, phase.Columns.FirstTap), (correlation with { XFirst = phase.Rows.First }).Nest(_nest)]);
    }

    /// <summary>A loop over phases, which start at places from a table.</summary>
    private Statement Several(string name, List<Phase> kind)
    {
        Buffer? saved = _step.Saved;
        var table = new Table(
            name + "Phases",
            $"The phases of {Comment(kind[0]).TrimEnd('.')}: where dy, dx and what was saved start, and the last row and column of taps.",
            isFloat: false,
            [.. kind.SelectMany(phase => new double[] { phase.GradientOrigin(_dy), phase.Origin(_dx), saved is null ? 0 : phase.Origin(saved), phase.Rows.FirstTap, phase.Columns.FirstTap })],
            columns: 5);
        _nest.Constant(table);
        var counter = new Variable("phase", NumberType.Int);
        var row = new TableRow("numbers", table, counter * table.Columns);
        var dy = new Reference("dyPhase", _nest["dy"].At((row[0], 1)));
        var dx = new Reference("dxPhase", _nest["dx"].At((row[1], 1)));
        Reference? savedPhase = saved is null ? null : new Reference("savedPhase", _nest["saved"].At((row[2], 1)));
        Correlation correlation = Correlation(name, kind[0], dy, 0, dx, 0, savedPhase is null ? null : Side(savedPhase, saved!, 0));
        return new Loop(new LoopRange(counter, Number.Zero, kind.Count, 1, RangeRole.Phases) { Grain = 1 }, Block([
            row, new Refer(dy), new Refer(dx), .. savedPhase is null ? [] : new[] { new Refer(savedPhase) },
            .. Repack(kind[0], row[3], row[4]), correlation.Nest(_nest),
        ]));
    }

    private CorrelationSide Side(Memory memory, Buffer buffer, long origin) =>
        new(memory, buffer, origin, _k.Op.Stride.Height * buffer.RowStride, _k.Op.Stride.Width * buffer.PixelStride);

    private string Comment(Phase phase) => $"{_k.Label} backward, data{(_k.Op.Stride == Size2.Of(1) ? "" : phase.Taps == 0 ? ": pixels that see no tap" : $": pixels that see {Describe.Int(phase.Rows.TapCount)}x{Describe.Int(phase.Columns.TapCount)} taps")}.";

    /// <summary>A phase's correlation. Pixels that see no tap read no filter, and where no pixel sees one there is no scratch for it.</summary>
    private Correlation Correlation(string name, Phase phase, Memory dy, long dyOrigin, Memory dx, long dxOrigin, CorrelationSide? saved)
    {
        bool hasTaps = phase.Taps > 0;
        Size2 stride = _k.Op.Stride;
        return new Correlation
        {
            Name = name,
            Comment = Comment(phase),
            Form = _form,
            Groups = _k.Groups,
            Inputs = hasTaps ? _k.Outputs : 1,
            Outputs = _k.Inputs,
            Size = new Size2(phase.Rows.Count, phase.Columns.Count),
            X = new CorrelationPicture(dy, _dy, dyOrigin, _dy.RowStride, _dy.PixelStride),
            Y = new CorrelationPicture(dx, _dx, dxOrigin, stride.Height * _dx.RowStride, stride.Width * _dx.PixelStride),
            Weight = _nest[hasTaps ? "scratch" : "weight"],
            Kernel = hasTaps ? new Size2(phase.Rows.TapCount, phase.Columns.TapCount) : default,
            XTapRow = phase.Rows.Step * _dy.RowStride,
            XTapColumn = phase.Columns.Step * _dy.PixelStride,
            Saved = saved,
            Start = CorrelationSide.Of(_nest, "start", _step.Start),
            Gradient = _step.Activation,
            Spread = _step.IsSpread ? _nest["scratch"].At(_k.RepackedLength(isPlanes: true)) : null,
        };
    }

    private IEnumerable<Statement> Repack(Phase phase, Number row, Number column)
    {
        if (phase.Taps == 0)
            yield break;
        yield return new RuntimeCall(
            "WeightPanels.Repack", _nest["weight"], _k.Form, _nest["scratch"], _form, _k.Output.Channels, _k.Input.Channels, _k.Groups, _k.Op.Kernel.Height, _k.Op.Kernel.Width,
            row, phase.Rows.TapStep, phase.Rows.TapCount, column, phase.Columns.TapStep, phase.Columns.TapCount);
    }
}
