using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using NetGen.Data;
using NetGen.Metrics;

namespace NetGen.Training;

/// <summary>
/// Trains a network: epochs over a loader's batches, a schedule, evaluation on validation data, callbacks, checkpoints. Behind the first epoch its steps allocate nothing.
/// It keeps where it is: <see cref="Fit(DataLoader{TTarget}, int, DataLoader{TTarget}?, IProgress{TrainingProgress}?, CancellationToken)"/> goes on from there, behind a cancellation or an exception too.
/// </summary>
/// <typeparam name="TNetwork">The network.</typeparam>
/// <typeparam name="TTarget"><see cref="int"/> for class numbers, <see cref="float"/> for values.</typeparam>
public sealed class Trainer<TNetwork, TTarget> : IResumable
    where TNetwork : class, INetwork<TNetwork>, ITrainableNetwork<TTarget>
    where TTarget : unmanaged
{
    private const long ReportTicks = TimeSpan.TicksPerSecond / 10;
    private const string Validation = "val_";
    private const string LossName = "loss";
    private const string LearningRate = "learning_rate";
    private const string GradientNorm = "gradient_norm";
    private const string Seconds = "seconds";
    private const string Throughput = "samples_per_second";

    private readonly TrainingContext _context;
    private readonly TrainingCallback[] _callbacks = [];
    private readonly Metric<TTarget>[] _metrics = [];
    private readonly LossSteps<TTarget> _steps;
    private float[] _outputs = [];
    private float[] _outputGradients = [];
    private double _initialRate = double.NaN;
    private double _lossSum;
    private long _samples;
    private long _updates;
    private int _epochsDone;
    private DataLoader<TTarget>? _loader;
    private IOptimizer _stepOptimizer;
    private TrainingState? _loaderState;

    /// <summary>Creates a trainer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="optimizer">Updates its parameters.</param>
    public Trainer(TNetwork network, IOptimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimizer);
        (Network, Optimizer, _stepOptimizer) = (network, optimizer, optimizer);
        _context = new TrainingContext(network, optimizer, TNetwork.Report, History) { IsLargerBetter = figure => _metrics.FirstOrDefault(metric => figure == metric.Name || figure == Validation + metric.Name)?.IsLargerBetter };
        _steps = new LossSteps<TTarget>(network, null);
    }

    /// <summary>The network.</summary>
    public TNetwork Network { get; }

    /// <summary>The optimizer.</summary>
    public IOptimizer Optimizer { get; }

    /// <summary>
    /// The number of threads that its network computes with, <see cref="INetwork.Parallelism"/>: what is set here is the network's, which keeps it behind the training.
    /// Null, as a network has it at first: <see cref="WorkerThreads.Count"/>. The bits are the same whatever it is, so a training may go on with another number.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not in 1 to <see cref="WorkerThreads.Most"/>.</exception>
    public int? Parallelism
    {
        get => Network.Parallelism;
        init => Network.Parallelism = value;
    }

    /// <summary>How the learning rate changes; null: it stays.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>
    /// What is minimised in the place of the loss that the network is declared with, such as <see cref="Losses.CrossEntropy"/>; null: that one. Evaluations use it on the outputs of
    /// <see cref="INetwork.Predict"/>, batch by batch, and take the mean weighted by samples, or by their classes where these have weights. A checkpoint does not have it, as it has no other code.
    /// </summary>
    public LossFunction<TTarget>? Loss
    {
        get;
        init
        {
            field = value;
            _steps = new LossSteps<TTarget>(Network, value);
        }
    }

    /// <summary>What is measured beside the loss, each with a name of its own.</summary>
    /// <exception cref="ArgumentNullException">The list is null, or one of it.</exception>
    /// <exception cref="ArgumentException">Two metrics have one name, or one has the name of another figure.</exception>
    public IReadOnlyList<Metric<TTarget>> Metrics
    {
        get => _metrics;
        init => _metrics = Named(Copy(value));
    }

    /// <summary>Whether the metrics are measured on the training data too, in a pass of its own at the end of each epoch.</summary>
    public bool MeasuresTraining { get; init; }

    /// <summary>What is called on the way, in this order.</summary>
    /// <exception cref="ArgumentNullException">The list is null, or one of it.</exception>
    public IReadOnlyList<TrainingCallback> Callbacks
    {
        get => _callbacks;
        init => _callbacks = Copy(value);
    }

    /// <summary>
    /// An average of the parameters, which is what <c>Fit</c> evaluates; null: the parameters themselves are. The training's end leaves the network its own parameters, and it is these
    /// that <see cref="Evaluate(Dataset{TTarget})"/> measures then: <see cref="ExponentialMovingAverage.Swap"/> gives the network the average.
    /// </summary>
    public ExponentialMovingAverage? Average { get; init; }

    /// <summary>Looks for what goes wrong and names it; null: nobody does.</summary>
    public TrainingMonitor? Monitor { get; init; }

    /// <summary>Where checkpoints of the whole training are saved: behind every epoch, behind a cancellation or a stop within an epoch, and as often as <see cref="StepsPerCheckpoint"/> says. Null: nowhere.</summary>
    public CheckpointDirectory? Checkpoints { get; init; }

    /// <summary>Steps from a checkpoint to the next within an epoch; null: there is none within.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public long? StepsPerCheckpoint
    {
        get;
        init
        {
            if (value is { } steps)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps, nameof(value));
            field = value;
        }
    }

    /// <summary>The figures of the epochs that are done.</summary>
    public TrainingHistory History { get; } = new();

    /// <summary>Epochs done.</summary>
    public int EpochCount => _epochsDone;

    /// <summary>Steps done.</summary>
    public long StepCount => _context.Step;

    /// <summary>Why the last training stopped before its last epoch; null where it did not.</summary>
    public string? StopReason => _context.StopReason;

    /// <summary>Trains on a dataset.</summary>
    /// <param name="train">The samples, shuffled anew in every epoch.</param>
    /// <param name="epochs">The epoch up to which is trained, those that are done included.</param>
    /// <param name="batchSize">Samples of a step; the last of an epoch may have fewer.</param>
    /// <param name="validation">Samples on which each epoch is evaluated; null: it is not.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <param name="progress">Is told about ten times a second where the training is.</param>
    /// <param name="cancellationToken">Ends the training behind the step at hand.</param>
    /// <returns>The figures of all epochs.</returns>
    /// <exception cref="ArgumentException">A dataset is not for this network or is empty, or the optimizer has no learning rate for the schedule.</exception>
    /// <exception cref="InvalidOperationException">A callback or the monitor belongs to another network, or <see cref="EarlyStopping"/> waits for a figure that there will not be.</exception>
    /// <exception cref="System.IO.InvalidDataException">The training goes on from a checkpoint, but with other data, another batch size or another seed than the checkpoint's; nothing has changed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled. Network, optimizer and trainer are as behind the last step.</exception>
    /// <inheritdoc cref="Fit(DataLoader{TTarget}, int, DataLoader{TTarget}?, IProgress{TrainingProgress}?, CancellationToken)" path="/remarks"/>
    public TrainingHistory Fit(
        Dataset<TTarget> train, int epochs, int batchSize = 32, Dataset<TTarget>? validation = null, ulong seed = 0,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        using var loader = new ArrayLoader<TTarget>(train, batchSize, shuffle: true, seed);
        using ArrayLoader<TTarget>? other = validation is null ? null : Whole(validation);
        return Fit(loader, epochs, other, progress, cancellationToken);
    }

    /// <summary>Trains on what a loader hands out.</summary>
    /// <param name="train">The training data.</param>
    /// <param name="epochs">The epoch up to which is trained, those that are done included.</param>
    /// <param name="validation">The data on which each epoch is evaluated; null: it is not.</param>
    /// <param name="progress">Is told about ten times a second where the training is.</param>
    /// <param name="cancellationToken">Ends the training behind the step at hand, and the wait for the next batch.</param>
    /// <returns>The figures of all epochs.</returns>
    /// <exception cref="ArgumentException">A loader is not for this network or has no sample, or the optimizer has no learning rate for the schedule.</exception>
    /// <exception cref="InvalidOperationException">A callback or the monitor belongs to another network, or <see cref="EarlyStopping"/> waits for a figure that there will not be.</exception>
    /// <exception cref="System.IO.InvalidDataException">The training goes on from a checkpoint, but with a loader that differs from the checkpoint's; nothing has changed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled. Network, optimizer and trainer are as behind the last step.</exception>
    /// <remarks>
    /// Behind an exception callbacks are told of it, and behind a cancellation a checkpoint is saved. What fails in that does not take the exception's place: it is an <c>Exception[]</c> of
    /// its <see cref="Exception.Data"/>, under the key <c>NetGen.Training</c>.
    /// </remarks>
    public TrainingHistory Fit(
        DataLoader<TTarget> train, int epochs, DataLoader<TTarget>? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Require(train, nameof(train));
        if (validation is not null)
            Require(validation, nameof(validation));
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        if (Schedule is not null && Optimizer is not NetGen.Optimizer)
            throw new ArgumentException($"Expected an optimizer with a learning rate for {Schedule.GetType().Name}, but got {Optimizer.GetType().Name}.");

        RequireFigures(validation is not null);
        if (_loaderState is not null)
            train.Load(_loaderState)();
        (_loader, _loaderState) = (train, null);
        if (double.IsNaN(_initialRate) && Optimizer is NetGen.Optimizer optimizer)
            _initialRate = optimizer.LearningRate;
        _context.Resume();
        _context.Average = Average;
        Monitor?.Bind(Network, History);
        _stepOptimizer = Monitor?.Guard(Optimizer, Network, train) ?? Optimizer;
        using Activity? activity = TrainingInstruments.Activities.StartActivity("fit");
        activity?.SetTag("epochs", epochs);
        var clock = new TrainingClock(_epochsDone, epochs, train, _context);
        try
        {
            foreach (TrainingCallback callback in _callbacks)
                callback.OnTrainBegin(_context);
            while (_epochsDone < epochs && _context.StopReason is null)
                Epoch(train, validation, clock, progress, cancellationToken);
            foreach (TrainingCallback callback in _callbacks)
                callback.OnTrainEnd(_context);
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            Tell(e);
            throw;
        }

        return History;
    }

    /// <summary>Loss and metrics on a dataset, in evaluation mode; nothing changes.</summary>
    /// <param name="data">The samples.</param>
    /// <remarks>It measures the network as it is, which is what predicts and is saved: where there is an <see cref="Average"/>, the epochs of <c>Fit</c> measure that instead.</remarks>
    /// <exception cref="ArgumentException">The dataset is not for this network, or is empty.</exception>
    public Evaluation Evaluate(Dataset<TTarget> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        using ArrayLoader<TTarget> loader = Whole(data);
        return Evaluate(loader);
    }

    /// <summary>Loss and metrics on what a loader hands out, in evaluation mode; nothing changes but the loader's place.</summary>
    /// <param name="data">The data, of which one epoch is taken.</param>
    /// <param name="cancellationToken">Ends it behind the batch at hand, and the wait for the next one.</param>
    /// <inheritdoc cref="Evaluate(Dataset{TTarget})" path="/remarks"/>
    /// <exception cref="ArgumentException">The loader is not for this network, or has no sample.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Evaluation Evaluate(DataLoader<TTarget> data, CancellationToken cancellationToken = default)
    {
        Require(data, nameof(data));
        using Activity? activity = TrainingInstruments.Activities.StartActivity("evaluate");
        foreach (Metric<TTarget> metric in _metrics)
            metric.Reset(TNetwork.OutputSize);
        var weighted = Loss?.Target as IWeightedLoss<TTarget>;
        (double sum, double weights, long count) = (0, 0, 0);
        data.Begin(0);
        while (data.MoveNext(cancellationToken))
        {
            Batch<TTarget> batch = data.Current;
            count += batch.Count;
            Span<float> outputs = Loss is null && _metrics.Length == 0 ? [] : Room(ref _outputs, checked(batch.Count * TNetwork.OutputSize));
            if (Loss is null)
            {
                (sum, weights) = (sum + ((double)Network.EvaluateLoss(batch.Inputs, batch.Targets, outputs) * batch.Count), weights + batch.Count);
            }
            else
            {
                Network.Predict(batch.Inputs, outputs);
                Span<float> gradients = Room(ref _outputGradients, outputs.Length);
                gradients.Clear();
                float loss = Loss(outputs, batch.Targets, gradients);
                double weight = weighted?.Weight(batch.Targets) ?? batch.Count;
                (sum, weights) = (sum + (loss * weight), weights + weight);
            }

            foreach (Metric<TTarget> metric in _metrics)
                metric.Update(outputs, batch.Targets);
        }

        if (count == 0)
            throw new ArgumentException("Expected at least one sample to evaluate, but there is none.", nameof(data));
        return new Evaluation(weights == 0 ? 0 : sum / weights, [.. _metrics.Select(metric => (metric.Name, metric.Value))]);
    }

    /// <summary>Loads the last of <see cref="Checkpoints"/>, if there is one: the training goes on from there with the same bits as if it had never stopped.</summary>
    /// <returns>Whether there was one; nothing has changed where there was none.</returns>
    /// <exception cref="InvalidOperationException"><see cref="Checkpoints"/> is null.</exception>
    /// <exception cref="System.IO.InvalidDataException">The file is not of this training; nothing has changed.</exception>
    public bool Resume() => (Checkpoints ?? throw new InvalidOperationException("Expected Checkpoints, a directory from which to resume.")).LoadLatest(Checkpoint()) is not null;

    /// <summary>Saves the whole training to a file.</summary>
    /// <param name="path">The file; an old one is replaced once the new one is whole.</param>
    public void SaveCheckpoint(string path) => Checkpoint().Save(path);

    /// <summary>Loads the whole training from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="System.IO.InvalidDataException">The file is not of this training; nothing has changed.</exception>
    public void LoadCheckpoint(string path) => Checkpoint().Load(path);

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("epoch", _epochsDone);
        state.Set("batch", _context.Batch);
        state.Set("step", _context.Step);
        state.Set("updates", _updates);
        state.Set("loss_sum", _lossSum);
        state.Set("samples", _samples);
        state.Set("initial_learning_rate", _initialRate);
        History.Save(state.Section("history"));
        foreach ((string name, IResumable part) in Parts())
            part.Save(state.Section(name));
        Monitor?.Save(state.Section("monitor"));
        if (_loaderState is not null)
            _loaderState.CopyTo(state.Section("loader"));
        else
            _loader?.Save(state.Section("loader"));
    }

    /// <inheritdoc/>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        int epochs = (int)state.GetCount("epoch", int.MaxValue);
        (long batch, long step, long updates) = (state.GetCount("batch"), state.GetCount("step"), state.GetCount("updates"));
        (double lossSum, long samples, double rate) = (state.GetDouble("loss_sum"), state.GetCount("samples"), state.GetDouble("initial_learning_rate"));

        // The loader comes with the training that goes on; there is none before the first.
        TrainingState loaderState = state.Detach("loader");

        // Who only looks need not have been there, nor be there now.
        TrainingState monitorState = state.Detach("monitor");
        Action[] actions = [History.Load(state.Section("history")), .. Parts().Select(part => part.Part.Load(state.Section(part.Name)))];
        if (Monitor is not null && !monitorState.IsEmpty)
            actions = [.. actions, Monitor.Load(monitorState)];
        return () =>
        {
            (_epochsDone, _context.Batch, _context.Step, _updates) = (epochs, batch, step, updates);
            (_lossSum, _samples, _initialRate) = (lossSum, samples, rate);
            foreach (Action action in actions)
                action();
            (_loader, _loaderState) = (null, loaderState.IsEmpty ? null : loaderState);
        };
    }

    private TrainingCheckpoint Checkpoint() => new(Network) { ["trainer"] = this };

    private IEnumerable<(string Name, IResumable Part)> Parts()
    {
        if (Optimizer is IResumable optimizer)
            yield return ("optimizer", optimizer);
        if (Schedule is not null)
            yield return ("schedule", Schedule);
        if (Average is not null)
            yield return ("average", Average);

        // By their kind: those of other kinds may come, go and change places.
        foreach (IGrouping<string, TrainingCallback> kind in _callbacks.GroupBy(callback => callback.GetType().Name))
        {
            foreach ((int i, IResumable callback) in kind.OfType<IResumable>().Index())
                yield return (string.Create(CultureInfo.InvariantCulture, $"callbacks.{kind.Key}.{i}"), callback);
        }
    }

    /// <summary>Tells everybody why the training ends. What fails in that must not hide it.</summary>
    private void Tell(Exception exception)
    {
        var failures = new List<Exception>();
        if (exception is OperationCanceledException)
            Try(() => Checkpoints?.Save(Checkpoint(), _context.Step));
        foreach (TrainingCallback callback in _callbacks)
            Try(() => callback.OnException(_context, exception));
        if (failures.Count > 0)
            exception.Data[TrainingInstruments.Name] = failures.ToArray();

        void Try(Action action)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }
    }

    private static T[] Copy<T>(IReadOnlyList<T> list, [CallerMemberName] string name = "")
        where T : class
    {
        ArgumentNullException.ThrowIfNull(list, name);
        T[] copy = [.. list];
        if (Array.IndexOf(copy, null) is >= 0 and var i)
            throw new ArgumentNullException(name, string.Create(CultureInfo.InvariantCulture, $"Expected no null in the list, but its element {i} is null."));
        return copy;
    }

    /// <summary>Refuses two figures of one name, of which a history would keep one.</summary>
    private static Metric<TTarget>[] Named(Metric<TTarget>[] metrics)
    {
        var owners = ((string[])[LossName, Validation + LossName, LearningRate, GradientNorm, Seconds, Throughput]).ToDictionary(name => name, _ => "the trainer");
        foreach (Metric<TTarget> metric in metrics)
        {
            foreach (string name in (string[])[metric.Name, Validation + metric.Name])
            {
                if (!owners.TryAdd(name, metric.GetType().Name))
                    throw new ArgumentException($"Expected a name of its own for each metric, but {owners[name]} and {metric.GetType().Name} both have a figure \"{name}\".", nameof(Metrics));
            }
        }

        return metrics;
    }

    /// <summary>Refuses an early stopping that waits for a figure that there cannot be, which otherwise shows only behind the first epoch.</summary>
    private void RequireFigures(bool isValidated)
    {
        string[] measured = [LossName, .. _metrics.Select(metric => metric.Name)];
        string[] validated = [.. measured.Select(name => Validation + name)];
        string[] figures =
        [
            LossName, .. MeasuresTraining ? measured[1..] : [], .. isValidated ? validated : [],
            .. Optimizer is NetGen.Optimizer ? [LearningRate] : (string[])[], .. Optimizer is NetGen.Optimizer { ClipNorm: not null } ? [GradientNorm] : (string[])[], Seconds, Throughput,
        ];
        foreach ((int i, TrainingCallback callback) in _callbacks.Index())
        {
            if (callback is not EarlyStopping { Monitor: var name } || figures.Contains(name))
                continue;

            // Those before it may give figures of their own, but not the trainer's.
            if ((!isValidated && validated.Contains(name)) || !_callbacks.Take(i).Any(other => other.MayGive(name)))
                throw EarlyStopping.Missing(name, figures);
        }
    }

    private void Epoch(DataLoader<TTarget> train, DataLoader<TTarget>? validation, TrainingClock clock, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        using Activity? activity = TrainingInstruments.Activities.StartActivity("epoch");
        _context.Epoch = _epochsDone + 1;
        activity?.SetTag("epoch", _context.Epoch);
        if (_context.Batch == 0)
            (_lossSum, _samples) = (0, 0);
        foreach (TrainingCallback callback in _callbacks)
            callback.OnEpochBegin(_context);
        clock.BeginEpoch();
        train.Begin(_epochsDone, _context.Batch);
        while (train.MoveNext(cancellationToken))
        {
            Step(train.Current, clock, progress);
            if (_context.StopReason is not null)
            {
                Checkpoints?.Save(Checkpoint(), _context.Step);
                return;
            }
        }

        if (_samples == 0)
            throw new ArgumentException($"Expected at least one sample in an epoch, but {train.GetType().Name} has none.");
        EndEpoch(train, validation, clock, progress, cancellationToken);
    }

    private void Step(Batch<TTarget> batch, TrainingClock clock, IProgress<TrainingProgress>? progress)
    {
        double rate = SetLearningRate();
        foreach (TrainingCallback callback in _callbacks)
            callback.OnStepBegin(_context);
        Monitor?.BeginStep(_context, batch);
        float loss = _steps.Step(batch, _stepOptimizer);
        Average?.Update(Network);
        _updates = Optimizer is NetGen.Optimizer optimizer ? optimizer.UpdateCount : _updates + 1;
        _lossSum += (double)loss * batch.Count;
        _samples += batch.Count;
        clock.Samples += batch.Count;
        _context.Batch++;
        _context.Step++;
        _context.Loss = loss;
        Monitor?.EndStep(_context);
        TrainingInstruments.Loss.Record(loss);
        TrainingInstruments.Steps.Add(1);
        TrainingInstruments.Samples.Add(batch.Count);
        if (clock.IsDue(ReportTicks))
        {
            TrainingInstruments.LearningRate.Record(rate);
            Report(clock, progress);
        }

        foreach (TrainingCallback callback in _callbacks)
            callback.OnStepEnd(_context);
        if (_context.Step % StepsPerCheckpoint == 0)
            Checkpoints?.Save(Checkpoint(), _context.Step);
    }

    private void EndEpoch(DataLoader<TTarget> train, DataLoader<TTarget>? validation, TrainingClock clock, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var epoch = new EpochFigures(_context.Epoch);
        epoch.Set(LossName, _lossSum / _samples);
        Report(clock, progress);
        (double seconds, double throughput) = (clock.EpochSeconds, clock.SamplesPerSecond);
        _context.WithEvaluated(() =>
        {
            if (MeasuresTraining)
            {
                foreach ((string name, double value) in Evaluate(train, cancellationToken).Metrics)
                    epoch.Set(name, value);
            }

            if (validation is not null)
            {
                Evaluation evaluation = Evaluate(validation, cancellationToken);
                epoch.Set(Validation + LossName, evaluation.Loss);
                foreach ((string name, double value) in evaluation.Metrics)
                    epoch.Set(Validation + name, value);
                TrainingInstruments.ValidationLoss.Record(evaluation.Loss);
            }
        });

        if (Optimizer is NetGen.Optimizer optimizer)
        {
            epoch.Set(LearningRate, optimizer.LearningRate);
            if (optimizer.ClipNorm is not null)
                epoch.Set(GradientNorm, optimizer.GradientNorm);
        }

        epoch.Set(Seconds, seconds);
        epoch.Set(Throughput, throughput);
        Schedule?.Observe(epoch.TryGet(Validation + LossName, out double observed) ? observed : epoch[LossName]);
        _epochsDone++;
        _context.Batch = 0;
        History.Add(epoch);
        Monitor?.EndEpoch(epoch, _context.Step, clock.Epochs);
        clock.EndEpoch();
        foreach (TrainingCallback callback in _callbacks)
            callback.OnEpochEnd(_context, epoch);
        Checkpoints?.Save(Checkpoint(), _context.Step);
    }

    private double SetLearningRate()
    {
        if (Optimizer is not NetGen.Optimizer optimizer)
            return double.NaN;
        if (Schedule is not null)
            optimizer.LearningRate = Schedule.LearningRate(_initialRate, Schedule.Interval == ScheduleInterval.Epoch ? _epochsDone : _updates);
        return optimizer.LearningRate;
    }

    private void Report(TrainingClock clock, IProgress<TrainingProgress>? progress)
    {
        TrainingInstruments.Throughput.Record(clock.SamplesPerSecond);
        if (clock.TimeLeft is { } left)
            TrainingInstruments.TimeLeft.Record(left.TotalSeconds);
        progress?.Report(new TrainingProgress(_context.Epoch, clock.Epochs, _context.Batch, clock.Batches, _lossSum / _samples, clock.SamplesPerSecond, clock.TimeLeft));
    }

    private static Span<float> Room(ref float[] array, int length)
    {
        if (array.Length < length)
            array = new float[length];
        return array.AsSpan(0, length);
    }

    private static ArrayLoader<TTarget> Whole(Dataset<TTarget> data) => new(data, Math.Clamp(data.Count, 1, 256));

    private void Require(DataLoader<TTarget> loader, string parameter)
    {
        ArgumentNullException.ThrowIfNull(loader, parameter);
        if (loader.InputSize != TNetwork.InputSize)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Expected samples of {TNetwork.InputSize} floats, the input of {typeof(TNetwork).Name}, but got {loader.InputSize}."), parameter);
        }

        // What a loss of one's own makes of values is its own affair.
        int target = typeof(TTarget) == typeof(int) ? 1 : TNetwork.OutputSize;
        if (loader.TargetSize != target && (Loss is null || typeof(TTarget) == typeof(int)))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Expected targets of {target} numbers for {typeof(TNetwork).Name}, but got {loader.TargetSize}."), parameter);
        }

        if (loader.SampleCount == 0)
            throw new ArgumentException($"Expected at least one sample, but {loader.GetType().Name} has none.", parameter);
    }

    /// <summary>How fast it goes.</summary>
    private sealed class TrainingClock(int firstEpoch, int epochs, DataLoader<TTarget> train, TrainingContext context)
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private long _epochStart;
        private long _lastReport;
        private double _epochsSeconds;
        private int _epochs;
        private long _firstBatch;

        public int Epochs => epochs;

        /// <summary>Samples of this epoch that were trained on since it started or went on.</summary>
        public long Samples { get; set; }

        public double EpochSeconds => Stopwatch.GetElapsedTime(_epochStart).TotalSeconds;

        public double SamplesPerSecond => Samples / EpochSeconds;

        public long? Batches => train.SampleCount is { } samples ? (samples + train.BatchSize - 1) / train.BatchSize : null;

        public TimeSpan? TimeLeft
        {
            get
            {
                double seconds;
                if (Batches is { } batches && context.Batch > _firstBatch)
                    seconds = EpochSeconds / (context.Batch - _firstBatch) * Math.Max(0, batches - context.Batch);
                else if (_epochs > 0)
                    seconds = Math.Max(0, (_epochsSeconds / _epochs) - EpochSeconds);
                else
                    return null;
                double epoch = _epochs > 0 ? _epochsSeconds / _epochs : EpochSeconds + seconds;
                return TimeSpan.FromSeconds(seconds + (epoch * (epochs - firstEpoch - _epochs - 1)));
            }
        }

        public void BeginEpoch()
        {
            _epochStart = Stopwatch.GetTimestamp();
            Samples = 0;
            _firstBatch = context.Batch;
        }

        public void EndEpoch()
        {
            _epochs++;
            _epochsSeconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        }

        public bool IsDue(long ticks)
        {
            if (Stopwatch.GetElapsedTime(_lastReport).Ticks < ticks)
                return false;
            _lastReport = Stopwatch.GetTimestamp();
            return true;
        }
    }
}
