using System;

namespace NetGen;

/// <summary>
/// Declares a class as a block: layers without an input shape of their own, which networks and other blocks are composed of.
/// The attributes that follow it are its layers, in order of execution (<c>torch.nn.Sequential</c>). Nothing is generated for the class, so it need not be
/// partial; its shapes are checked in every network that uses it. A block has no loss, and does not contain itself.
/// </summary>
/// <example>
/// <code>
/// [Block, Linear(64), Sigmoid]
/// sealed class LinearSigmoid;
///
/// [Network(64), Residual&lt;LinearSigmoid&gt;, Linear(1), MSELoss]
/// public sealed partial class Net;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class BlockAttribute : Attribute;

/// <summary>The block that hands its input on (<c>torch.nn.Identity</c>), such as the shorter branch of <c>[Sum&lt;Path, Identity&gt;]</c>. It has no parameters.</summary>
[Block]
public sealed class Identity
{
    private Identity()
    {
    }
}

/// <summary>How the outputs of parallel branches become one.</summary>
public enum Merge
{
    /// <summary>They are added; all have one shape.</summary>
    Sum = 0,

    /// <summary>They lie one behind the other in the first dimension (channels or features), in the order of the branches; the other dimensions agree (<c>torch.cat(dim=1)</c>).</summary>
    Concat,
}

/// <summary>
/// A block's output plus its input. Any shape, which the block keeps. The gradient of the input is that of the block plus that of the output,
/// so it passes the block unhindered.
/// <code>
/// class Residual(nn.Module):
///     def __init__(self, body):        # body = nn.Sequential(...), the block
///         super().__init__()
///         self.body = body
///
///     def forward(self, x):
///         return self.body(x) + x
/// </code>
/// The parameters of the block's first layer are called <c>0.body.0.weight</c> and so on, where this is the network's first.
/// </summary>
/// <typeparam name="T">A class with <see cref="BlockAttribute"/>.</typeparam>
public sealed class ResidualAttribute<T> : LayerAttribute;

/// <summary>
/// The sum of the outputs of two to eight blocks that read one input. The outputs have one shape.
/// <code>
/// class Sum(nn.Module):
///     def __init__(self, *branches):   # each an nn.Sequential, the block
///         super().__init__()
///         self.branches = nn.ModuleList(branches)
///
///     def forward(self, x):
///         return sum(branch(x) for branch in self.branches)
/// </code>
/// The parameters of the second block's first layer are called <c>0.branches.1.0.weight</c> and so on, where this is the network's first layer.
/// </summary>
/// <typeparam name="T1">A class with <see cref="BlockAttribute"/>; the same class twice is two branches with parameters of their own.</typeparam>
/// <typeparam name="T2">The second branch.</typeparam>
public sealed class SumAttribute<T1, T2> : LayerAttribute;

/// <inheritdoc cref="SumAttribute{T1, T2}"/>
public sealed class SumAttribute<T1, T2, T3> : LayerAttribute;

/// <inheritdoc cref="SumAttribute{T1, T2}"/>
public sealed class SumAttribute<T1, T2, T3, T4> : LayerAttribute;

/// <inheritdoc cref="SumAttribute{T1, T2}"/>
public sealed class SumAttribute<T1, T2, T3, T4, T5> : LayerAttribute;

/// <inheritdoc cref="SumAttribute{T1, T2}"/>
public sealed class SumAttribute<T1, T2, T3, T4, T5, T6> : LayerAttribute;

/// <inheritdoc cref="SumAttribute{T1, T2}"/>
public sealed class SumAttribute<T1, T2, T3, T4, T5, T6, T7> : LayerAttribute;

/// <inheritdoc cref="SumAttribute{T1, T2}"/>
public sealed class SumAttribute<T1, T2, T3, T4, T5, T6, T7, T8> : LayerAttribute;

/// <summary>
/// The outputs of two to eight blocks that read one input, one behind the other in the first dimension (channels or features). The outputs agree in the other
/// dimensions: <c>[c₁, h, w]</c> and <c>[c₂, h, w]</c> give <c>[c₁ + c₂, h, w]</c>.
/// <code>
/// class Concat(nn.Module):
///     def __init__(self, *branches):   # each an nn.Sequential, the block
///         super().__init__()
///         self.branches = nn.ModuleList(branches)
///
///     def forward(self, x):
///         return torch.cat([branch(x) for branch in self.branches], dim=1)
/// </code>
/// The parameters of the second block's first layer are called <c>0.branches.1.0.weight</c> and so on, where this is the network's first layer.
/// </summary>
/// <typeparam name="T1">A class with <see cref="BlockAttribute"/>; the same class twice is two branches with parameters of their own.</typeparam>
/// <typeparam name="T2">The second branch.</typeparam>
public sealed class ConcatAttribute<T1, T2> : LayerAttribute;

/// <inheritdoc cref="ConcatAttribute{T1, T2}"/>
public sealed class ConcatAttribute<T1, T2, T3> : LayerAttribute;

/// <inheritdoc cref="ConcatAttribute{T1, T2}"/>
public sealed class ConcatAttribute<T1, T2, T3, T4> : LayerAttribute;

/// <inheritdoc cref="ConcatAttribute{T1, T2}"/>
public sealed class ConcatAttribute<T1, T2, T3, T4, T5> : LayerAttribute;

/// <inheritdoc cref="ConcatAttribute{T1, T2}"/>
public sealed class ConcatAttribute<T1, T2, T3, T4, T5, T6> : LayerAttribute;

/// <inheritdoc cref="ConcatAttribute{T1, T2}"/>
public sealed class ConcatAttribute<T1, T2, T3, T4, T5, T6, T7> : LayerAttribute;

/// <inheritdoc cref="ConcatAttribute{T1, T2}"/>
public sealed class ConcatAttribute<T1, T2, T3, T4, T5, T6, T7, T8> : LayerAttribute;

/// <summary>
/// Copies of one block that read one input, each with parameters of its own; their outputs are summed or concatenated.
/// <code>
/// class Parallel(nn.Module):
///     def __init__(self, *branches):   # count of them, each an nn.Sequential, the block
///         super().__init__()
///         self.branches = nn.ModuleList(branches)
///
///     def forward(self, x):
///         return sum(branch(x) for branch in self.branches)                  # Merge.Sum
///         return torch.cat([branch(x) for branch in self.branches], dim=1)   # Merge.Concat
/// </code>
/// The parameters of the third copy's first layer are called <c>0.branches.2.0.weight</c> and so on, where this is the network's first layer.
/// </summary>
/// <typeparam name="T">A class with <see cref="BlockAttribute"/>.</typeparam>
/// <param name="count">The number of copies; positive.</param>
public sealed class ParallelAttribute<T>(int count) : LayerAttribute
{
    /// <summary>The number of copies.</summary>
    public int Count { get; } = count;

    /// <summary>Whether the outputs are summed (the default) or concatenated.</summary>
    public Merge Merge { get; set; }
}

/// <summary>
/// Copies of one block, one behind the other, each with parameters of its own.
/// <code>
/// nn.Sequential(*[nn.Sequential(...) for _ in range(count)])   # the inner one is the block
/// </code>
/// The parameters of the third copy's first layer are called <c>0.2.0.weight</c> and so on, where this is the network's first layer.
/// </summary>
/// <typeparam name="T">A class with <see cref="BlockAttribute"/>.</typeparam>
/// <param name="count">The number of copies; positive.</param>
public sealed class RepeatAttribute<T>(int count) : LayerAttribute
{
    /// <summary>The number of copies.</summary>
    public int Count { get; } = count;
}

/// <summary>
/// A block where it stands, its layers numbered by themselves.
/// <code>
/// self.net = nn.Sequential(...)        # the block, for [Sequential&lt;T&gt;(Name = "net")]
/// nn.Sequential(nn.Sequential(...))    # without a name
/// </code>
/// The parameters of the block's first layer are called <c>net.0.weight</c> and so on; without a name <c>0.0.weight</c>, where this is the network's first layer.
/// </summary>
/// <typeparam name="T">A class with <see cref="BlockAttribute"/>.</typeparam>
public sealed class SequentialAttribute<T> : LayerAttribute;
