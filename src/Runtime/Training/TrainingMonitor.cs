using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using NetGen.Data;
using NetGen.Runtime;

namespace NetGen.Training;

/// <summary>
/// Looks for what goes wrong in a training and names its cause. It looks at one step of every <see cref="SampleInterval"/>, at the loss of each. Thresholds are published ones:
/// gradients, dead units and oscillation from AutoTrainer (Zhang, Zhai, Fang, Zhao and Zhou 2021), saturation from DeepLocalize and UMLAUT's of inputs (Schoop, Huang and Hartmann 2021).
/// </summary>
/// <remarks>Set it as <see cref="Trainer{TNetwork, TTarget}.Monitor"/>. Each fault of a layer is told once, and again only when it had gone.</remarks>
public sealed class TrainingMonitor : IResumable
{
    /// <summary>Below this ratio of the first layer's gradient to the last's, where the first is below <see cref="VanishingNorm"/> too, gradients vanish.</summary>
    public const double VanishingRatio = 1e-3;

    /// <summary>The norm below which the first layer's gradient is small.</summary>
    public const double VanishingNorm = 1e-4;

    /// <summary>Above this ratio of the first layer's gradient to the last's gradients explode.</summary>
    public const double ExplodingRatio = 70;

    /// <summary>The share of dead units above which a layer is dying.</summary>
    public const double DeadShare = 0.7;

    /// <summary>The share of pre-activations beyond <see cref="SaturationLimit"/> above which a layer is saturated.</summary>
    public const double SaturatedShare = 0.5;

    /// <summary>The magnitude of a pre-activation beyond which sigmoid and tanh are flat.</summary>
    public const double SaturationLimit = 5;

    /// <summary>From which size on a fall of the accuracy from a peak to the next low counts, or a rise of the loss as a share of the first.</summary>
    public const double OscillationSize = 0.03;

    /// <summary>The share of epochs with such falls above which a training oscillates.</summary>
    public const double OscillationRate = 0.2;

    /// <summary>An accuracy from which on gradients that vanish or explode do no harm: the network learns all the same.</summary>
    public const double Converged = 0.7;

    // Sampled steps that must agree: what one batch shows may be chance.
    private const int Window = 3;
    private const int ProgressEpochs = 3;
    private const int OscillationEpochs = 6;
    private const double Progress = 0.01;

    // Of the epochs that are planned; before, a training has only begun.
    private const double JudgedShare = 0.3;

    // One batch's loss is a rough measure of where the loss began.
    private const double FirstStepShare = 0.8;
    private const double DivergedShare = 2;

    // Outputs of sigmoid and tanh at a pre-activation of 5.
    private const float SigmoidLimit = 0.9933071f;
    private const float TanhLimit = 0.9999092f;

    private readonly List<TrainingFinding> _findings = [];
    private readonly Dictionary<string, Watch>[] _watches = [.. Enum.GetValues<TrainingFault>().Select(_ => new Dictionary<string, Watch>(StringComparer.Ordinal))];
    private readonly List<double> _accuracies = [];
    private readonly List<double> _losses = [];
    private Observer? _observer;
    private INetwork? _network;
    private ParameterView? _firstGradient;
    private ParameterView? _lastGradient;
    private string _way = "";
    private double _firstLoss = double.NaN;
    private float _target;
    private bool _targetsDiffer;
    private long _targetCount;

    /// <summary>One step of so many is looked at closely.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public int SampleInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 100;

    /// <summary>Is told of each finding, in the training's thread.</summary>
    public Action<TrainingFinding>? Found { get; init; }

    /// <summary>Whether a loss that is not finite stops the training.</summary>
    public bool StopsAtLossNotFinite { get; init; } = true;

    /// <summary>What was found, in order.</summary>
    public IReadOnlyList<TrainingFinding> Findings => _findings;

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("first_loss", _firstLoss);
        state.Set("target", _target);
        state.Set("target_count", _targetCount);
        state.Set("targets_differ", _targetsDiffer ? 1 : 0);
        TrainingState section = state.Section("epochs");
        section.Set("count", _losses.Count);
        foreach ((int i, double loss) in _losses.Index())
            section.Set(Key(i), loss);
        section = state.Section("accuracies");
        section.Set("count", _accuracies.Count);
        foreach ((int i, double accuracy) in _accuracies.Index())
            section.Set(Key(i), accuracy);
        state.Section("findings").Set("count", _findings.Count);
        foreach ((int i, TrainingFinding finding) in _findings.Index())
        {
            section = state.Section("findings").Section(Key(i));
            section.Set("fault", finding.Fault.ToString());
            section.Set("where", finding.Where);
            section.Set("value", finding.Value);
            section.Set("since", finding.Since);
            section.Set("step", finding.Step);
            section.Set("what", finding.What);
            section.Set("remedy", finding.Remedy);
        }

        (TrainingFault Fault, string Where, Watch Watch)[] watches = [.. _watches.SelectMany((watches, fault) => watches.Select(watch => ((TrainingFault)fault, watch.Key, watch.Value)))];
        state.Section("watches").Set("count", watches.Length);
        foreach ((int i, (TrainingFault fault, string where, Watch watch)) in watches.Index())
        {
            section = state.Section("watches").Section(Key(i));
            section.Set("fault", fault.ToString());
            section.Set("where", where);
            section.Set("since", watch.Since);
            section.Set("looks", watch.Looks);
            section.Set("away", watch.Away);
        }
    }

    /// <inheritdoc/>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (double firstLoss, float target) = (state.GetDouble("first_loss"), (float)state.GetDouble("target"));
        (long targetCount, bool targetsDiffer) = (state.GetCount("target_count"), state.GetCount("targets_differ", 1) == 1);
        double[] losses = All("epochs", (section, name) => section.GetDouble(name));
        double[] accuracies = All("accuracies", (section, name) => section.GetDouble(name));
        TrainingFinding[] findings = All("findings", (all, name) =>
        {
            TrainingState section = all.Section(name);
            return new TrainingFinding(
                Fault(section), section.GetString("where"), section.GetDouble("value"), section.GetCount("since"), section.GetCount("step"), section.GetString("what"), section.GetString("remedy"));
        });
        (TrainingFault Fault, string Where, Watch Watch)[] watches = All("watches", (all, name) =>
        {
            TrainingState section = all.Section(name);
            var watch = new Watch { Since = section.GetCount("since"), Looks = (int)section.GetCount("looks", int.MaxValue), Away = (int)section.GetCount("away", int.MaxValue) };
            return (Fault(section), section.GetString("where"), watch);
        });
        return () =>
        {
            (_firstLoss, _target, _targetCount, _targetsDiffer) = (firstLoss, target, targetCount, targetsDiffer);
            Replace(_losses, losses);
            Replace(_accuracies, accuracies);
            Replace(_findings, findings);
            foreach (Dictionary<string, Watch> known in _watches)
                known.Clear();
            foreach ((TrainingFault fault, string where, Watch watch) in watches)
                _watches[(int)fault][where] = watch;
        };

        T[] All<T>(string name, Func<TrainingState, string, T> read)
        {
            TrainingState section = state.Section(name);
            var all = new List<T>();
            for (long i = 0, count = section.GetCount("count"); i < count; i++)
                all.Add(read(section, Key(i)));
            return [.. all];
        }

        static TrainingFault Fault(TrainingState section) =>
            Enum.TryParse(section.GetString("fault"), out TrainingFault fault) && Enum.IsDefined(fault) ? fault : throw section.Refused("fault", "one of " + string.Join(", ", Enum.GetNames<TrainingFault>()));

        static void Replace<T>(List<T> list, T[] items)
        {
            list.Clear();
            list.AddRange(items);
        }
    }

    /// <summary>Of a training that goes on from a checkpoint without a monitor it takes the epochs from its history.</summary>
    internal void Bind(INetwork network, TrainingHistory history)
    {
        if (_network is not null && !ReferenceEquals(_network, network))
            throw new InvalidOperationException("Expected the network of the first training, but got another: make a TrainingMonitor for each.");
        _network = network;
        _observer ??= new Observer();
        if (_losses.Count >= history.Epochs.Count)
            return;
        _losses.Clear();
        _accuracies.Clear();
        foreach (EpochFigures epoch in history.Epochs)
            Add(epoch);
        _firstLoss = _losses[0];
    }

    /// <summary>Whether the step to come is looked at closely.</summary>
    internal bool IsDue(long step) => step % SampleInterval == 0;

    internal IOptimizer Guard<TTarget>(IOptimizer optimizer, ITrainableNetwork<TTarget> network, DataLoader<TTarget> loader)
        where TTarget : unmanaged
    {
        // A frozen layer has no gradient.
        ParameterView[] weights = [.. network.Gradients.Where(gradient => !gradient.Name.EndsWith("bias", StringComparison.Ordinal) && !gradient.Layout.IsNormWeight && !optimizer.IsFrozen(gradient))];
        (_firstGradient, _lastGradient) = weights is [var first, .., var last] ? (first, last) : (null, null);
        _way = _firstGradient is null || _lastGradient is null ? "" : $"{LayerOf(_lastGradient)} to {LayerOf(_firstGradient)}";
        return new GuardedOptimizer<TTarget>(this, optimizer, network, loader);
    }

    internal void BeginStep<TTarget>(TrainingContext training, Batch<TTarget> batch)
        where TTarget : unmanaged
    {
        long step = training.Step;
        _observer!.FirstNotFinite = null;
        if (!IsDue(step))
            return;
        LookAtInputs(batch.Inputs, step);
        LookAtTargets(batch, step);
        if (NetworkRunner.Of(_network!) is { } runner)
            runner.Add(_observer);
    }

    internal void EndStep(TrainingContext training)
    {
        // The step that has just been done.
        long step = training.Step - 1;
        if (double.IsNaN(_firstLoss))
            _firstLoss = training.Loss;
        if (!float.IsFinite(training.Loss))
        {
            string where = _observer!.FirstNotFinite ?? "loss";
            if (IsDue(TrainingFault.LossNotFinite, where, true, step, 1) is { } since)
            {
                Tell(
                    TrainingFault.LossNotFinite, where, training.Loss, since, step,
                    string.Create(CultureInfo.InvariantCulture, $"the loss is {training.Loss}; {(where == "loss" ? "all layers' outputs were finite, so it is the loss itself that overflows" : where == "input" ? "the input itself is not finite" : $"the first layer whose output is not finite is {where}")}"),
                    where == "input" ? "Look for missing values in the data" : "Lower the learning rate, clip gradients (ClipNorm), and look at the scale of inputs and targets");
            }

            if (StopsAtLossNotFinite)
                training.Stop("the loss is not finite");
        }

        if (!IsDue(step))
            return;
        if (NetworkRunner.Of(_network!) is { } runner)
            runner.Observers.Remove(_observer!);
        LookAtGradients(step);
        foreach (Layer layer in _observer!.Layers)
            LookAtLayer(layer, step);
    }

    internal void EndEpoch(EpochFigures epoch, long step, int epochs)
    {
        Add(epoch);
        if (_losses.Count < JudgedShare * epochs)
            return;
        bool isMeasured = _accuracies.Count == _losses.Count;
        if (_losses.Count >= ProgressEpochs && _firstLoss > 0)
        {
            double best = _losses.Min();
            double gain = 1 - (best / _losses[0]);
            double accuracyGain = isMeasured ? _accuracies.Max() - _accuracies[0] : 0;
            bool isStill = gain < Progress && best > FirstStepShare * _firstLoss && accuracyGain < Progress;
            if (IsDue(TrainingFault.NoProgress, "loss", isStill || best > DivergedShare * _firstLoss, step, 1) is not null)
            {
                Tell(
                    TrainingFault.NoProgress, "loss", gain, 0, step,
                    string.Create(CultureInfo.InvariantCulture, $"the loss has gone from {_firstLoss:G4} of the first step to {best:G4} at best in {_losses.Count} epochs"),
                    "Try another learning rate, and look at what the build says of the network's signals");
            }
        }

        if (_losses.Count >= OscillationEpochs)
        {
            (string what, IEnumerable<double> figures) = isMeasured ? ("accuracy", _accuracies) : ("loss", _losses.Select(loss => -loss / _firstLoss));
            int falls = CountFalls([.. figures]);
            double rate = (double)falls / _losses.Count;
            if (IsDue(TrainingFault.Oscillation, what, rate >= OscillationRate, step, 1) is { } since)
            {
                Tell(
                    TrainingFault.Oscillation, what, rate, since, step,
                    string.Create(CultureInfo.InvariantCulture, $"the {what} has got worse by {OscillationSize} or more {falls} times in {_losses.Count} epochs"),
                    "Lower the learning rate, or take larger batches");
            }
        }
    }

    private void Add(EpochFigures epoch)
    {
        _losses.Add(epoch["loss"]);
        if (epoch.TryGet("accuracy", out double accuracy) || epoch.TryGet("val_accuracy", out accuracy))
            _accuracies.Add(accuracy);
    }

    private static string Key(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Falls from a peak to the next low that are large enough.</summary>
    private static int CountFalls(ReadOnlySpan<double> figures)
    {
        int falls = 0;
        (double peak, double low) = (figures[0], figures[0]);
        foreach (double figure in figures[1..])
        {
            if (figure > low)
            {
                falls += peak - low >= OscillationSize ? 1 : 0;
                peak = figure;
            }

            low = figure;
        }

        return falls;
    }

    /// <summary>Before an update from gradients that are not finite: which layer's output was the first that is not.</summary>
    private void LookForNotFinite<TTarget>(ITrainableNetwork<TTarget> network, DataLoader<TTarget> loader)
        where TTarget : unmanaged
    {
        if (_observer!.FirstNotFinite is not null || NetworkRunner.Of(network) is not { } runner)
            return;
        Batch<TTarget> batch = loader.Current;
        if (!AreFinite(batch.Inputs))
        {
            _observer.FirstNotFinite = "input";
            return;
        }

        // The same forward pass again, with somebody who looks. It needs no loss, which may be another than the declared one.
        float[] gradients = network.FlatGradients.ToArray();
        List<IActivationObserver> before = runner.Observers;
        runner.Observers = [_observer];
        network.ComputeGradients(batch.Inputs, static (_, _) => 0);
        runner.Observers = before;
        gradients.CopyTo(network.FlatGradients);
    }

    private void LookAtGradients(long step)
    {
        if (_firstGradient is null || _lastGradient is null)
            return;
        double first = PackedNorm.Of(_network!.FlatGradients, _firstGradient.Layout);
        double last = PackedNorm.Of(_network!.FlatGradients, _lastGradient.Layout);
        double ratio = first == 0 ? 0 : first / last;
        bool isHarmful = _accuracies.Count == 0 || _accuracies.Max() < Converged;
        if (IsDue(TrainingFault.VanishingGradients, _way, isHarmful && ratio < VanishingRatio && first < VanishingNorm, step, Window) is { } vanishing)
        {
            Tell(
                TrainingFault.VanishingGradients, _way, ratio, vanishing, step,
                string.Create(CultureInfo.InvariantCulture, $"gradients vanish: from {_way} their norm goes from {last:G3} to {first:G3}"),
                "Use ReLU with He initialisation, normalisations or residual connections");
        }

        if (IsDue(TrainingFault.ExplodingGradients, _way, isHarmful && ratio > ExplodingRatio, step, Window) is { } exploding)
        {
            Tell(
                TrainingFault.ExplodingGradients, _way, ratio, exploding, step,
                string.Create(CultureInfo.InvariantCulture, $"gradients explode: from {_way} their norm goes from {last:G3} to {first:G3}"),
                "Use an initialisation that suits the activation, normalisations, or ClipNorm");
        }
    }

    private void LookAtLayer(Layer layer, long step)
    {
        string name = layer.Place.Name;
        if (layer.Kind == "ReLU")
        {
            double share = layer.DeadShare();
            if (IsDue(TrainingFault.DeadUnits, name, share > DeadShare, step, Window) is { } since)
            {
                Tell(
                    TrainingFault.DeadUnits, name, share, since, step,
                    string.Create(CultureInfo.InvariantCulture, $"{100 * share:F0} % of the {layer.Place.Channels} units of {name} are 0 for every sample"),
                    "Lower the learning rate, or use He initialisation, LeakyReLU or a normalisation before it");
            }
        }
        else if (layer.Kind is "Sigmoid" or "Tanh")
        {
            double share = layer.SaturatedShare();
            if (IsDue(TrainingFault.Saturation, name, share > SaturatedShare, step, Window) is { } since)
            {
                Tell(
                    TrainingFault.Saturation, name, share, since, step,
                    string.Create(CultureInfo.InvariantCulture, $"{100 * share:F0} % of the inputs of {name} are beyond {SaturationLimit}, where it is flat"),
                    "Normalise the inputs, use a smaller initialisation, or ReLU");
            }
        }
    }

    private void LookAtInputs(ReadOnlySpan<float> inputs, long step)
    {
        (float least, float most) = (TensorPrimitives.Min(inputs), TensorPrimitives.Max(inputs));
        double mean = TensorPrimitives.Average(inputs);
        double deviation = TensorPrimitives.StdDev(inputs);
        bool isWithin = least >= -1 && most <= 1;
        bool isStandardised = Math.Abs(mean) <= 1 && deviation is >= 0.1 and <= 3;
        if (IsDue(TrainingFault.InputsNotNormalized, "input", !isWithin && !isStandardised, step, 1) is { } since)
        {
            Tell(
                TrainingFault.InputsNotNormalized, "input", Math.Max(Math.Abs(least), Math.Abs(most)), since, step,
                string.Create(CultureInfo.InvariantCulture, $"inputs go from {least:G4} to {most:G4} with a mean of {mean:G3} and a deviation of {deviation:G3}"),
                "Bring them to [-1, 1], or standardise them");
        }
    }

    private void LookAtTargets<TTarget>(Batch<TTarget> batch, long step)
        where TTarget : unmanaged
    {
        if (typeof(TTarget) == typeof(int))
        {
            foreach (int target in MemoryMarshal.Cast<TTarget, int>(batch.Targets))
                Compare(target);
        }
        else
        {
            foreach (float target in MemoryMarshal.Cast<TTarget, float>(batch.Targets))
                Compare(target);
        }

        if (IsDue(TrainingFault.TargetsAllTheSame, "targets", !_targetsDiffer && _targetCount >= 16, step, Window) is { } since)
        {
            Tell(
                TrainingFault.TargetsAllTheSame, "targets", _target, since, step,
                string.Create(CultureInfo.InvariantCulture, $"all {_targetCount} targets that were looked at are {_target}"),
                "Shuffle the samples, and look at how targets are read");
        }
    }

    private void Compare(float target)
    {
        _targetsDiffer |= _targetCount++ > 0 && target != _target;
        _target = target;
    }

    /// <summary>The step since which a fault is there, if it has been seen in so many looks without a break and was not told yet.</summary>
    private long? IsDue(TrainingFault fault, string where, bool isThere, long step, int looks)
    {
        Dictionary<string, Watch> watches = _watches[(int)fault];
        Watch? watch = watches.GetValueOrDefault(where);
        if (!isThere)
        {
            // What was told is gone when it has been away for as long as it took to be sure of it.
            if (watch is not null && (watch.Looks < looks || ++watch.Away >= looks))
                watches.Remove(where);
            return null;
        }

        if (watch is null)
            watches.Add(where, watch = new Watch { Since = step });
        watch.Away = 0;
        return ++watch.Looks == looks ? watch.Since : null;
    }

    private void Tell(TrainingFault fault, string where, double value, long since, long step, string what, string remedy)
    {
        var finding = new TrainingFinding(fault, where, value, since, step, what, remedy);
        _findings.Add(finding);
        Found?.Invoke(finding);
    }

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        float zeros = 0;
        foreach (float value in values)
            zeros += 0 * value;
        return zeros == 0;
    }

    private static string LayerOf(ParameterView parameter) => parameter.Name[..Math.Max(0, parameter.Name.LastIndexOf('.'))];

    private sealed class Watch
    {
        public long Since { get; init; }

        public int Looks { get; set; }

        public int Away { get; set; }
    }

    /// <summary>What is counted of a layer's output, over all pieces of a batch.</summary>
    private sealed class Layer(ActivationPlace place)
    {
        private readonly bool[] _isAlive = new bool[place.Channels];
        private long _values;
        private long _saturated;

        public ActivationPlace Place { get; } = place;

        public string Kind { get; } = place.Kind;

        public bool IsFinite { get; private set; }

        public void Count(TrainingActivations activations)
        {
            if (activations.FirstSample == 0)
            {
                Array.Clear(_isAlive);
                (_values, _saturated, IsFinite) = (0, 0, true);
            }

            (float high, float low) = Kind == "Tanh" ? (TanhLimit, -TanhLimit) : (SigmoidLimit, 1 - SigmoidLimit);
            bool isReLU = Kind == "ReLU";
            bool isSquashing = Kind is "Sigmoid" or "Tanh";
            foreach (ActivationLine line in activations.Of(Place))
            {
                ReadOnlySpan<float> values = line.Values;
                IsFinite &= AreFinite(values);
                if (isReLU && line.IsAcrossChannels)
                {
                    for (int i = 0; i < values.Length; i++)
                        _isAlive[line.Channel + i] |= values[i] != 0;
                }
                else if (isReLU)
                {
                    _isAlive[line.Channel] |= values.ContainsAnyExcept(0f);
                }
                else if (isSquashing)
                {
                    _values += values.Length;
                    foreach (float value in values)
                        _saturated += value > high || value < low ? 1 : 0;
                }
            }
        }

        public double DeadShare() => 1 - ((double)_isAlive.AsSpan().Count(true) / _isAlive.Length);

        public double SaturatedShare() => _values == 0 ? 0 : (double)_saturated / _values;
    }

    private sealed class Observer : IActivationObserver
    {
        private Layer[]? _layers;

        public ReadOnlySpan<Layer> Layers => _layers;

        /// <summary>The first layer whose output was not finite when it was last looked at; null where all were.</summary>
        public string? FirstNotFinite { get; set; }

        public void Observe(TrainingActivations activations)
        {
            if (_layers is null)
            {
                var layers = new List<Layer>();
                foreach (ActivationPlace place in activations.Places)
                    layers.Add(new Layer(place));
                _layers = [.. layers];
            }

            FirstNotFinite = null;
            foreach (Layer layer in _layers)
            {
                layer.Count(activations);
                if (!layer.IsFinite)
                    FirstNotFinite ??= layer.Place.Name;
            }
        }
    }

    /// <summary>Looks at gradients before they change the parameters: behind an update that is not finite nothing shows where it began.</summary>
    private sealed class GuardedOptimizer<TTarget>(TrainingMonitor monitor, IOptimizer inner, ITrainableNetwork<TTarget> network, DataLoader<TTarget> loader) : IOptimizer
        where TTarget : unmanaged
    {
        public void Step(IParameterized model)
        {
            if (!IsFinite(model))
                monitor.LookForNotFinite(network, loader);
            inner.Step(model);
        }

        public bool IsFrozen(ParameterView parameter) => inner.IsFrozen(parameter);

        // One number a parameter: where the loss is not a number, gradients of the last layer are none.
        private static bool IsFinite(IParameterized model)
        {
            foreach (ParameterView gradient in model.Gradients)
            {
                if (!float.IsFinite(gradient[0]))
                    return false;
            }

            return true;
        }
    }
}
