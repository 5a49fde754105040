using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace NetGen.Training;

/// <summary>Stops a training when a figure has not got better for some epochs, and gives the network the parameters of its best epoch (Keras's <c>EarlyStopping</c>).</summary>
public sealed class EarlyStopping : TrainingCallback, IResumable
{
    private static readonly string[] s_smaller = ["loss", "error", "mae", "mse", "rmse"];

    private readonly bool? _isLargerBetter;
    private ParameterSnapshot? _snapshot;
    private INetwork? _network;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The figure's name, such as <c>val_loss</c> or <c>val_accuracy</c>.</param>
    /// <param name="patience">Epochs without a better figure, behind which it stops; at least 1.</param>
    /// <param name="minDelta">By how much a figure has to be better to count; at least 0.</param>
    /// <param name="isLargerBetter">Whether a larger figure is better; null: what <see cref="Metrics.Metric{TTarget}.IsLargerBetter"/> says
    /// of the trainer's metric whose figure it is, with or without <c>val_</c>; of a figure that is none's it is, unless the name ends in <c>loss</c>, <c>error</c>, <c>mae</c>, <c>mse</c> or <c>rmse</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public EarlyStopping(string monitor = "val_loss", int patience = 10, double minDelta = 0, bool? isLargerBetter = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(minDelta);
        (Monitor, Patience, MinDelta) = (monitor, patience, minDelta);
        _isLargerBetter = isLargerBetter;
        IsLargerBetter = isLargerBetter ?? !s_smaller.Any(end => monitor.EndsWith(end, StringComparison.Ordinal));
        Best = Worst;
    }

    /// <summary>The figure's name.</summary>
    public string Monitor { get; }

    /// <summary>Epochs without a better figure, behind which it stops.</summary>
    public int Patience { get; }

    /// <summary>By how much a figure has to be better to count.</summary>
    public double MinDelta { get; }

    /// <summary>Whether a larger figure is better; where it was not told, a training with a metric of this figure decides when it starts.</summary>
    public bool IsLargerBetter { get; private set; }

    /// <summary>Whether the network gets the parameters of the best epoch when the training ends, be it at its last epoch; not where it is cancelled or fails, for it can go on then.</summary>
    public bool RestoresBest { get; init; } = true;

    /// <summary>The best figure so far; the worst there is before the first epoch.</summary>
    public double Best { get; private set; }

    /// <summary>The epoch of the best figure, from 1; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Epochs since the best.</summary>
    public int Waited { get; private set; }

    private double Worst => IsLargerBetter ? double.NegativeInfinity : double.PositiveInfinity;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It belongs to another network.</exception>
    public override void OnTrainBegin(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        Bind(training.Network);
        IsLargerBetter = _isLargerBetter ?? training.IsLargerBetter(Monitor) ?? IsLargerBetter;
        if (BestEpoch == 0)
            Best = Worst;

        // What has stopped stays stopped: a program that is started again resumes behind its last epoch.
        StopIfWaited(training);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The epoch does not have the figure.</exception>
    public override void OnEpochEnd(TrainingContext training, EpochFigures epoch)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(epoch);
        if (!epoch.TryGet(Monitor, out double value))
            throw Missing(Monitor, epoch.Names);
        bool isBetter = IsLargerBetter ? value - MinDelta > Best : value + MinDelta < Best;
        if (isBetter)
        {
            (Best, BestEpoch, Waited) = (value, epoch.Number, 0);
            if (RestoresBest)
                training.WithEvaluated(_snapshot!.Take);
        }
        else
        {
            Waited++;
            StopIfWaited(training);
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(TrainingContext training)
    {
        if (RestoresBest && BestEpoch > 0)
            _snapshot!.Restore();
    }

    /// <inheritdoc/>
    internal override bool MayGive(string figure) => false;

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("best", Best);
        state.Set("best_epoch", BestEpoch);
        state.Set("waited", Waited);
        if (_snapshot is null || BestEpoch == 0)
            return;
        state.Set("parameters", _snapshot.Parameters);
        state.Set("buffers", _snapshot.Buffers);
    }

    /// <inheritdoc/>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (double best, int epoch, int waited) = (state.GetDouble("best"), (int)state.GetCount("best_epoch", int.MaxValue), (int)state.GetCount("waited", int.MaxValue));
        var snapshot = RestoresBest && epoch > 0 ? new ParameterSnapshot((INetwork)state.Model) : null;
        Action parameters = snapshot is null ? () => { } : state.GetTensors("parameters", snapshot.Parameters);
        Action buffers = snapshot is null ? () => { } : state.GetTensors("buffers", snapshot.Buffers);
        return () =>
        {
            (Best, BestEpoch, Waited) = (best, epoch, waited);
            _snapshot = snapshot;
            parameters();
            buffers();
        };
    }

    internal static InvalidOperationException Missing(string figure, IEnumerable<string> figures) =>
        new($"Expected the figure \"{figure}\" for early stopping, but an epoch has: {string.Join(", ", figures)}. Figures of validation need validation data, metrics of the training data MeasuresTraining.");

    private void StopIfWaited(TrainingContext training)
    {
        if (Waited < Patience)
            return;
        training.Stop(BestEpoch == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Monitor} was never a number in {Waited} epochs (last: {training.History[Monitor][^1]})")
            : string.Create(CultureInfo.InvariantCulture, $"{Monitor} has not got better than {Best:G6} of epoch {BestEpoch} for {Waited} epochs"));
    }

    private void Bind(INetwork network)
    {
        if (_network is not null && !ReferenceEquals(_network, network))
            throw new InvalidOperationException("Expected the network of the first training, but got another: make an EarlyStopping for each.");
        _network = network;
        if (RestoresBest)
            _snapshot ??= new ParameterSnapshot(network);
    }
}
