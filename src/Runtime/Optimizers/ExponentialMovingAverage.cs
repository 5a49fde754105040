using System;
using System.Linq;
using NetGen.Runtime;
using NetGen.Training;

namespace NetGen;

/// <summary>
/// The exponential moving average of a network's parameters: a ← a + (1 − d)(θ − a) with decay d, the first being θ itself
/// (<c>torch.optim.swa_utils.AveragedModel</c> with <c>get_ema_multi_avg_fn(d)</c>). It often generalises better than the last parameters.
/// </summary>
/// <remarks>
/// <see cref="Update"/> it behind each training step, and <see cref="Swap"/> it in for evaluation and back for training. Buffers, such as running statistics, are not averaged.
/// </remarks>
public sealed class ExponentialMovingAverage : IResumable
{
    private const string Nothing = "nothing";
    private const string Average = "average";
    private const string Weights = "weights";

    private AlignedBuffer? _average;
    private ParameterCollection? _model;

    /// <summary>Creates an average.</summary>
    /// <param name="decay">d; at least 0 and less than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public ExponentialMovingAverage(double decay = 0.999) => Decay = Optimizer.Share(decay, nameof(decay));

    /// <summary>d, the last average's share.</summary>
    public double Decay { get; }

    /// <summary>The average by the parameters' names; empty before the first update.</summary>
    public ParameterCollection Parameters { get; private set; } = ParameterCollection.Empty;

    /// <summary>Whether the network has the average, and this the parameters.</summary>
    public bool IsSwapped { get; private set; }

    /// <summary>Takes the parameters in.</summary>
    /// <param name="model">The network, always the same.</param>
    /// <exception cref="InvalidOperationException">Another network than before, or one that has the average at the moment.</exception>
    public void Update(IParameterized model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (IsSwapped)
            throw new InvalidOperationException("Expected the network with its own parameters, but it has the average: swap back before training goes on.");
        if (_average is null)
        {
            (_average, Parameters) = Allocate(model);
            _model = model.Parameters;
            model.FlatParameters.CopyTo(_average.Span);
            return;
        }

        CheckModel(model);
        PackedLerp.Run(_average.Span, model.FlatParameters, (float)(1 - Decay), NetworkRunner.Of(model));
    }

    /// <summary>Exchanges the network's parameters and the average.</summary>
    /// <param name="model">The network, always the same.</param>
    /// <exception cref="InvalidOperationException">Another network than before, or there is no average yet.</exception>
    public void Swap(IParameterized model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_average is null)
            throw new InvalidOperationException("Expected an average, but there has been no update yet.");
        CheckModel(model);
        Span<float> parameters = model.FlatParameters;
        Span<float> average = _average.Span;
        for (int i = 0; i < parameters.Length; i++)
            (parameters[i], average[i]) = (average[i], parameters[i]);
        IsSwapped = !IsSwapped;
    }

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("holds", _average is null ? Nothing : IsSwapped ? Weights : Average);
        state.Set("average", Parameters);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It belongs to another network.</exception>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        string holds = state.GetString("holds");
        if (holds is not (Nothing or Average or Weights))
            throw state.Refused("holds", $"{Nothing}, {Average} or {Weights}");
        if (holds == Nothing)
            return () => (_average, _model, Parameters, IsSwapped) = (null, null, ParameterCollection.Empty, false);
        if (_average is not null)
            CheckModel(state.Model);
        (AlignedBuffer average, ParameterCollection parameters) = _average is null ? Allocate(state.Model) : (_average, Parameters);
        Action take = state.GetTensors("average", parameters);
        ParameterCollection model = state.Model.Parameters;
        return () =>
        {
            take();
            (_average, _model, Parameters, IsSwapped) = (average, model, parameters, holds == Weights);
        };
    }

    private static (AlignedBuffer Average, ParameterCollection Parameters) Allocate(IParameterized model)
    {
        var average = new AlignedBuffer(model.FlatParameters.Length, Streams.FirstSlot);
        return (average, new ParameterCollection(average, [.. model.Parameters.Select(parameter => parameter.Layout)]));
    }

    private void CheckModel(IParameterized model)
    {
        if (!ReferenceEquals(_model, model.Parameters))
            throw new InvalidOperationException("Expected the network of the first update, but got another: make an average for each.");
    }
}
