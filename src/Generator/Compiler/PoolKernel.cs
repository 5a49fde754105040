using NetGen.Generator.Compiler.Ops;

namespace NetGen.Generator.Compiler;

/// <summary>The windows along one dimension of a pool: output i covers the input from <c>Starts[i]</c> to before <c>Ends[i]</c>, inside the picture.</summary>
/// <param name="Starts">First row or column of each window.</param>
/// <param name="Ends">The one behind its last.</param>
/// <param name="Counts">The window's length as the mean's divisor counts it.</param>
internal sealed record PoolAxis(EquatableArray<int> Starts, EquatableArray<int> Ends, EquatableArray<int> Counts);

/// <summary>What the kernels of a pool know of it.</summary>
internal sealed record PoolKernel(string Stem, string Label, PoolKind Function, Picture Input, Picture Output, PoolAxis Rows, PoolAxis Columns);
