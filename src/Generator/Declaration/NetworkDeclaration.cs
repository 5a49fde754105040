using System.Linq;
using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>A type around the network's class, to be reopened: <c>class Outer</c>, <c>record struct Outer</c>.</summary>
internal sealed record ContainingType(string Keyword, string Name, EquatableArray<TypeParameter> TypeParameters = default);

/// <summary>A type parameter, and <c>in </c> or <c>out </c> where it is a variant one's.</summary>
internal sealed record TypeParameter(string Name, string Variance);

/// <summary>Everything the compiler knows of a declared network; compared by value, so that equal declarations compile once.</summary>
/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="ContainingTypes">From the outermost inwards.</param>
/// <param name="Name">The class's name, without an @.</param>
/// <param name="InputShape">The shape of one sample.</param>
/// <param name="Layers">In order of execution.</param>
/// <param name="Loss">Null where the network has none.</param>
internal sealed record NetworkDeclaration(
    string Namespace,
    EquatableArray<ContainingType> ContainingTypes,
    string Name,
    Shape InputShape,
    EquatableArray<LayerOp> Layers,
    LossOp? Loss)
{
    /// <summary>Whether training updates more than the parameters.</summary>
    public bool HasState => Layers.Any(layer => layer.HasState);
}
