using System;
using System.Linq;
using NetGen.Generator.Compiler.Kernels;

namespace NetGen.Generator.Emission;

/// <summary>A nest's vectors as C# text. A vector of one lane is a float.</summary>
internal static class VectorText
{
    public static string Of(VectorStatement statement)
    {
        int lanes = statement.Lanes;
        return statement switch
        {
            DeclareVectors s => $"{Type(lanes)} {string.Join(", ", s.Vectors.Select(vector => $"{vector.Name} = {Of(vector.Value, lanes)}"))};",
            AssignVector s => $"{s.Name} {(s.Kind == AssignmentKind.Add ? "+=" : "=")} {Of(s.Value, lanes)};",
            Store s when lanes == 1 => $"{NumberText.Of(s.Place)} = {Of(s.Value, lanes)};",
            Store s => $"{Receiver(s.Value, lanes)}.StoreUnsafe(ref {Moved(s.Place, s.Index)});",
            StoreStrided s => $"VectorStrides.Store({Of(s.Value, lanes)}, ref {NumberText.Of(s.Place)}, {Text.Int(s.Stride)}, {NumberText.Of(s.Count)});",
            _ => throw new InvalidOperationException($"No text for {statement.GetType().Name}."),
        };
    }

    private static string Of(VectorValue value, int lanes)
    {
        var simd = new Simd(lanes);
        return value switch
        {
            VectorZero => lanes == 1 ? "0" : simd.Type + ".Zero",
            VectorLocal v => v.Name,
            Load v when lanes == 1 => NumberText.Of(v.Place),
            Load { Most: { } most } v => $"{simd.Class}.ConditionalSelect({simd.Class}.LessThan({simd.Class}<int>.Indices, {simd.Class}.Create({Text.Int(most)})).AsSingle(), {Of(new Load(v.Place, v.Index), lanes)}, {simd.Type}.Zero)",
            Load v => $"{simd.Class}.LoadUnsafe(ref {Moved(v.Place, v.Index)})",
            LoadStrided v => $"VectorStrides.Load{Text.Int(simd.Bits)}(ref {NumberText.Of(v.Place)}, {Text.Int(v.Stride)})",
            LoadFirst v => $"{simd.Class}.CreateScalar({NumberText.Of(v.Place)})",
            Spread v => simd.Broadcast(NumberText.Of(v.Place)),
            SpreadConstant v => simd.Broadcast(Text.Float(v.Value)),
            SpreadEntry v => simd.Broadcast(NumberText.Of(v.Entry)),
            Gathered v => $"{simd.Class}.Create({string.Join(", ", v.Places.Select(place => place is null ? "0f" : NumberText.Of(place)))})",
            MultiplyAdd v => simd.MultiplyAdd(Of(v.A, lanes), Of(v.B, lanes), Of(v.C, lanes)),
            Times { B: Activated { IsDerivative: true } derivative } v => ActivationText.Gradient(derivative.Activation, Of(v.A, lanes), Of(derivative.Value, lanes)),
            Times v => $"{Of(v.A, lanes)} * {Of(v.B, lanes)}",
            Plus v => string.Join(" + ", v.Values.Select(summand => Of(summand, lanes))),
            Activated v => ActivationText.Forward(v.Activation, Of(v.Value, lanes)),
            Evaluated v => v.Expression.Text(new Compiler.ExpressionStyle(i => Of(v.Operands[i], lanes), Text.Float, "(float)rows", "global::System.MathF.Sqrt")),
            FirstLane v => Of(v.Value, Compiler.Packing.TinyPanel) + ".ToScalar()",
            LaneSum v => $"VectorMath.Sum16({string.Join(", ", v.Values.Select(vector => Of(vector, Compiler.Packing.Panel)))})",
            _ => throw new InvalidOperationException($"No text for {value.GetType().Name}."),
        };
    }

    private static string Type(int lanes) => lanes == 1 ? "float" : new Simd(lanes).Type;

    private static string Receiver(VectorValue value, int lanes) => value is Times or Plus ? $"({Of(value, lanes)})" : Of(value, lanes);

    private static string Moved(Place place, Number index) => NumberText.Of(place) + (index.Is(0) ? "" : ", " + NumberText.Of(index));
}
