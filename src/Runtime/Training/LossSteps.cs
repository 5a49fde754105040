using System;

namespace NetGen.Training;

/// <summary>Training steps with a loss of the user's own, or, where there is none, with the one that the network is declared with. They allocate nothing once warm.</summary>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
internal sealed class LossSteps<TTarget>
    where TTarget : unmanaged
{
    private readonly ITrainableNetwork<TTarget> _network;
    private readonly CustomLoss? _loss;

    // What a delegate has at hand of a batch.
    private TTarget[] _targets = [];
    private int _count;

    public LossSteps(ITrainableNetwork<TTarget> network, LossFunction<TTarget>? loss)
    {
        _network = network;
        if (loss is not null)
            _loss = (outputs, gradients) => loss(outputs, _targets.AsSpan(0, _count), gradients);
    }

    /// <returns>The loss before the update.</returns>
    public float Step(Data.Batch<TTarget> batch, IOptimizer optimizer)
    {
        if (_loss is null)
            return _network.TrainStep(batch.Inputs, batch.Targets, optimizer);
        _count = batch.Targets.Length;
        if (_targets.Length < _count)
            _targets = new TTarget[_count];
        batch.Targets.CopyTo(_targets);
        return _network.TrainStep(batch.Inputs, _loss, optimizer);
    }
}
