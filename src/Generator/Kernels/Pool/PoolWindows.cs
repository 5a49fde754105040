namespace NetGen.Generator.Compiler.Kernels;

/// <summary>The windows of a pool, a constant that its forward and backward kernels share.</summary>
internal sealed class PoolWindows(PoolKernel pool) : NestConstant(pool.Stem + "Windows")
{
    public PoolKernel Pool { get; } = pool;
}
