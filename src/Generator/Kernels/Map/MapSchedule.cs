using System;
using System.Collections.Generic;
using System.Linq;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Generator.Compiler.Kernels.NestBuilder;

namespace NetGen.Generator.Compiler.Kernels;

/// <summary>Maps and reductions: a range an axis, element after element.</summary>
internal static class MapSchedule
{
    public static Nest Of(MapStep step)
    {
        NestBuilder nest = Builder(step, [.. step.Inputs, step.Output]);
        Tensor y = Tensor.Of(nest, step, step.Output);
        Tensor[] inputs = [.. step.Inputs.Select(input => Tensor.Of(nest, step, input))];
        Axis[] axes = [.. step.Output.Type.Axes.OrderByDescending(axis => y.Stride(axis.Name))];
        Statement body = Over(step.Output.Type.IsPerSample, axes, RangeRole.Rows, new Indices(), indices =>
            new Store(1, new Evaluated(step.Expression, [.. inputs.Select(input => input.At(indices))]), y.At(indices)));
        string expression = step.Expression.Text(new ExpressionStyle(i => step.Inputs[i].Operand.Name, number => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture), "rows", "sqrt"));
        return nest.Build(Block(body, Clear(nest, y)), $"Map: y = {expression}, each of {step.Output.Type}.");
    }

    public static Nest Of(ReduceStep step)
    {
        NestBuilder nest = Builder(step, step.Input, step.Output);
        Tensor x = Tensor.Of(nest, step, step.Input);
        Tensor y = Tensor.Of(nest, step, step.Output);
        ReduceOp reduce = step.Reduce;
        Axis[] reduced = [.. step.Input.Type.Axes.Where(axis => reduce.Axes.Contains(axis.Name))];
        var count = new Variable("count", NumberType.Int);
        (VectorValue total, VectorValue part) = (new VectorLocal("total"), new VectorLocal("part"));
        Statement body = Over(step.Output.Type.IsPerSample, [.. step.Output.Type.Axes], RangeRole.Rows, new Indices(), indices => Block(
            new DeclareVectors(1, "total", VectorValue.Zero),
            new DeclareVectors(1, "part", VectorValue.Zero),
            new Declare(count, Number.Zero),
            Over(reduce.IsOverBatch, reduced, RangeRole.Terms, indices, at => Block(
                new AssignVector(1, "part", new Load(x.At(at)), AssignmentKind.Add),
                new Assign(count, count + 1),
                new Branch(
                    count.IsEqualTo(Tiling.ReductionChunk),
                    Block(new AssignVector(1, "total", part, AssignmentKind.Add), new AssignVector(1, "part", VectorValue.Zero), new Assign(count, Number.Zero)),
                    Statement.Nothing))),
            new AssignVector(1, "total", part, AssignmentKind.Add),
            new Store(1, reduce.Function == ReduceKind.Mean ? new Evaluated(new Placeholder(0) / reduce.Count(step.Input.Type), [total]) : total, y.At(indices))));
        return nest.Build(Block(body, Clear(nest, y)), $"{reduce.Display} of {step.Input.Type}, in order: partial sums of {Describe.Int(Tiling.ReductionChunk)}, added one after the other.");
    }

    private static NestBuilder Builder(Step step, params MapOperand[] operands) =>
        new(step, [.. operands.Where(operand => operand.Operand.Buffer is null).Select(operand => (operand.Operand.Name, operand.Type.Shape.ElementCount)).Distinct()]);

    /// <summary>Ranges over the batch and some axes, around those that are there.</summary>
    private static Statement Over(bool isOverBatch, IReadOnlyList<Axis> axes, RangeRole role, Indices outer, Func<Indices, Statement> body)
    {
        Func<Indices, Statement> ranges = body;
        foreach (Axis axis in axes.Reverse())
        {
            Func<Indices, Statement> inner = ranges;
            ranges = indices => NestBuilder.Over("i" + axis.Name, (Number)axis.Size, 1, role, index => inner(indices.With(axis.Name, index)));
        }

        return isOverBatch ? NestBuilder.Over("n", Variable.Rows, 1, role == RangeRole.Terms ? role : RangeRole.Samples, n => ranges(outer.With(TensorType.Batch, n))) : ranges(outer);
    }

    /// <summary>What lies beside the result's elements is zero, as its readers expect.</summary>
    private static Statement Clear(NestBuilder nest, Tensor y) => y.Buffer is { Kind: BufferKind.Workspace } buffer && buffer.Stride != buffer.Width
        ? new RuntimeCall("PictureKernels.ClearBorder", nest["y"], PictureLayout.Of(buffer), y.Type.IsPerSample ? Variable.Rows : Number.One)
        : Statement.Nothing;

    /// <summary>Where the ranges stand, by axis.</summary>
    private sealed class Indices
    {
        private readonly Dictionary<string, Number> _indices;

        public Indices()
            : this([])
        {
        }

        private Indices(Dictionary<string, Number> indices) => _indices = indices;

        public Indices With(string axis, Number index) => new(new Dictionary<string, Number>(_indices) { [axis] = index });

        public IEnumerable<(string Axis, Number Index)> All => _indices.Select(index => (index.Key, index.Value));
    }

    /// <summary>Where an operand's elements lie.</summary>
    private sealed record Tensor(Area Area, MapOperand Operand, Buffer? Buffer)
    {
        public TensorType Type => Operand.Type;

        public static Tensor Of(NestBuilder nest, Step step, MapOperand operand) => new(nest[operand.Operand.Name], operand, step.Operands.Find(operand.Operand.Name)!.Buffer);

        public int Stride(string axis) => Operand.Stride(axis, Buffer);

        public Place At(Indices indices) => Area.At([.. indices.All.Select(index => (index.Index, (long)Stride(index.Axis))), (Buffer?.Origin ?? 0, 1)]);
    }
}
