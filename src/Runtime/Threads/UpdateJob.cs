using System.Runtime.CompilerServices;

namespace NetGen.Runtime;

/// <summary>An update rule over packed parameters, of which each part is a run of whole vectors.</summary>
/// <typeparam name="TUpdate">The rule.</typeparam>
internal sealed unsafe class UpdateJob<TUpdate> : OneStageJob
    where TUpdate : struct, IUpdateVector512, IUpdateVector256, IUpdateVector128
{
    private TUpdate _update;
    private GradientScaling _scaling;
    private int _slots;
    private nuint _length;
    private float* _p;
    private float* _g;
    private float* _a;
    private float* _b;
    private float* _c;

    /// <summary>Runs <see cref="UpdateKernels.Run"/> with the workers of the pool, which was taken.</summary>
    public void Run(int workers, TUpdate update, in GradientScaling scaling, int slots, ref float p, ref float g, ref float a, ref float b, ref float c, int length)
    {
        fixed (float* parameters = &p, gradients = &g, first = &a, second = &b, third = &c)
        {
            (_update, _scaling, _slots, _length) = (update, scaling, slots, (nuint)length);
            Count = workers;
            _p = parameters;
            _g = gradients;
            _a = first;
            _b = second;
            _c = third;
            WorkerPool.Run(this, workers);
        }
    }

    /// <inheritdoc/>
    public override void Run(int stage, int part, int worker)
    {
        nuint from = Bound(_length, Vector, part, Count);
        UpdateKernels.Run(
            _update, _scaling, _slots, ref Unsafe.AsRef<float>(_p + from), ref Unsafe.AsRef<float>(_g + from), ref Unsafe.AsRef<float>(_a + from), ref Unsafe.AsRef<float>(_b + from), ref Unsafe.AsRef<float>(_c + from),
            (int)(Bound(_length, Vector, part + 1, Count) - from));
    }
}
