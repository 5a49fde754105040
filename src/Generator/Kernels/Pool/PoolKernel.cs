using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>The windows along one dimension of a pool. The runtime's <c>PoolAxis</c> says where each starts and ends.</summary>
internal abstract record PoolAxis(int Size, int Count);

/// <summary>Windows of one size, a stride apart.</summary>
internal sealed record SlidingAxis(int Size, int Count, int Kernel, int Stride, int Padding, bool CountsPadding) : PoolAxis(Size, Count);

/// <summary>Windows that cover the input.</summary>
internal sealed record AdaptiveAxis(int Size, int Count) : PoolAxis(Size, Count);

/// <summary>What the kernels of a pool know of it.</summary>
internal sealed record PoolKernel(string Stem, string Label, PoolKind Function, Picture Input, Picture Output, PoolAxis Rows, PoolAxis Columns)
{
    /// <summary>What its methods' code depends on: not its names.</summary>
    public PoolKernel Code => this with { Stem = "", Label = "" };
}
