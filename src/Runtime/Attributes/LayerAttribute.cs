using System;

namespace NetGen;

/// <summary>The base of all layers. The order of the attributes is the order of execution.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = true, Inherited = false)]
public abstract class LayerAttribute : Attribute
{
    /// <summary>
    /// The layer's name: the prefix of its parameters (<c>fc1.weight</c>), the stem of its generated methods and,
    /// for a layer with parameters, a typed property of the network (<c>Fc1</c>). Without a name the layer's parameters have
    /// the keys of PyTorch's <c>nn.Sequential</c>: <c>0.weight</c>.
    /// </summary>
    public string? Name { get; set; }
}

/// <summary>The base of all losses. A network has at most one, and it is the last attribute.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = true, Inherited = false)]
public abstract class LossAttribute : Attribute;
