using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using NetGen.Runtime;
using NetGen.Training;

namespace NetGen;

/// <summary>
/// The base of the optimizers: <c>torch.optim</c>'s update rules, with parameter groups, gradient clipping and accumulation. It belongs to the network of its first step, whose state it keeps,
/// and allocates nothing in the steps behind that one. Rules go element by element, in one pass over memory, so their bits do not depend on the width of vectors.
/// </summary>
public abstract class Optimizer : IOptimizer, IResumable
{
    private static readonly Memory s_none = new(null, [], [], null, null, new Dictionary<string, ParameterCollection>());

    private readonly string[] _slotNames;
    private Memory _memory = s_none;
    private int _pending;

    private protected Optimizer(double learningRate, double weightDecay, params string[] slotNames)
    {
        LearningRate = learningRate;
        WeightDecay = NonNegative(weightDecay, nameof(weightDecay));
        _slotNames = slotNames;
    }

    /// <summary>The learning rate; may change between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or not finite.</exception>
    public double LearningRate
    {
        get;
        set => field = NonNegative(value, nameof(value));
    }

    /// <summary>The weight decay, of parameters without a group's own.</summary>
    public double WeightDecay { get; }

    /// <summary>Whether the loss is maximized (<c>maximize</c>).</summary>
    public bool Maximize { get; init; }

    /// <summary>Groups with settings of their own; the first that has a parameter decides.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; init; } = [];

    /// <summary>
    /// The largest norm of all gradients together; larger ones are scaled down to it (<c>torch.nn.utils.clip_grad_norm_</c>). Null: they are left.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive or not finite.</exception>
    public double? ClipNorm
    {
        get;
        init => field = value is { } norm ? Positive(norm, nameof(value)) : null;
    }

    /// <summary>The largest magnitude of a gradient's element (<c>torch.nn.utils.clip_grad_value_</c>). Null: they are left.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive or not finite.</exception>
    public double? ClipValue
    {
        get;
        init => field = value is { } limit ? Positive(limit, nameof(value)) : null;
    }

    /// <summary>
    /// Steps whose gradients are averaged for one update: a batch in so many pieces. As in PyTorch, batch normalisations see each piece as a batch, and update their running statistics with each.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public int AccumulationSteps
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 1;

    /// <summary>Updates done.</summary>
    public long UpdateCount { get; private set; }

    /// <summary>Numbers that it keeps for each parameter.</summary>
    internal int SlotCount => _slotNames.Length;

    /// <summary>The norm of all gradients at the last update, before it was clipped; NaN where <see cref="ClipNorm"/> does not ask for it.</summary>
    public double GradientNorm { get; private set; } = double.NaN;

    /// <summary>
    /// What it keeps between steps, by PyTorch's names (<c>exp_avg</c>) and for each by the parameters'. Empty before the first step.
    /// </summary>
    public IReadOnlyDictionary<string, ParameterCollection> State => _memory.State;

    /// <summary>Whose threads it takes.</summary>
    private NetworkRunner? Network => _memory.Model!.Owner as NetworkRunner;

    /// <summary>What the padding of <see cref="State"/> holds once there was an update.</summary>
    private protected virtual float SlotPadding => 0;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It belongs to another network, or a group has no parameter.</exception>
    public void Step(IParameterized model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!ReferenceEquals(_memory.Model, model.Parameters))
            _memory = Bind(model);
        Span<float> gradients = model.FlatGradients;
        if (AccumulationSteps > 1)
        {
            gradients = Accumulate(gradients);
            if (++_pending < AccumulationSteps)
                return;
        }

        double scale = (Maximize ? -1.0 : 1.0) / AccumulationSteps;
        if (ClipNorm is { } norm)
        {
            GradientNorm = Norm(gradients) / AccumulationSteps;
            if (GradientNorm > norm)
                scale *= norm / (GradientNorm + 1e-6);
        }

        UpdateCount++;
        BeginUpdate(UpdateCount);
        foreach (ParameterRange range in _memory.Ranges)
            Update(range, model.FlatParameters, gradients, scale);
        if (AccumulationSteps > 1)
            gradients.Clear();
        _pending = 0;
    }

    /// <inheritdoc/>
    public bool IsFrozen(ParameterView parameter) => Groups.FirstOrDefault(group => group.Contains(parameter)) is { IsFrozen: true };

    /// <summary>A copy that belongs to no network yet.</summary>
    /// <exception cref="InvalidOperationException">It has made an update.</exception>
    internal Optimizer Unused()
    {
        if (UpdateCount > 0)
            throw new InvalidOperationException($"Expected an optimizer that has made no update yet, but this one has made {UpdateCount}: take a new one.");
        var copy = (Optimizer)MemberwiseClone();
        (copy._memory, copy._pending) = (s_none, 0);
        return copy;
    }

    /// <summary>Computes what an update needs once.</summary>
    /// <param name="step">The update, the first being 1.</param>
    private protected virtual void BeginUpdate(long step)
    {
    }

    /// <summary>Updates a range of packed parameters by <see cref="Run"/>.</summary>
    /// <param name="range">Where they are.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="decay">The weight decay.</param>
    private protected abstract void Update(in PackedRange range, double rate, double decay);

    /// <summary>Applies a rule to a range.</summary>
    /// <param name="update">The rule, with the numbers of this step.</param>
    /// <param name="range">Where the parameters are.</param>
    /// <param name="decay">The share of a parameter that is added to its gradient: weight decay that is not decoupled.</param>
    private protected unsafe void Run<TUpdate>(TUpdate update, in PackedRange range, double decay = 0)
        where TUpdate : struct, IUpdateVector512, IUpdateVector256, IUpdateVector128
    {
        var scaling = new GradientScaling((float)range.Scale, (float)(ClipValue ?? double.PositiveInfinity), (float)decay);
        ref float none = ref range.Parameters;
        fixed (float* p = &none, g = &range.Gradients, a = &Slot(0, range.First, ref none), b = &Slot(1, range.First, ref none), c = &Slot(2, range.First, ref none))
            PackedPass<PackedUpdate<TUpdate>>.Run(new PackedUpdate<TUpdate>(update, scaling, _memory.Slots.Length, p, g, a, b, c), range.Length, Network);
    }

    /// <summary>What it keeps of a range; where there are fewer slots, something else.</summary>
    private ref float Slot(int i, int first, ref float otherwise) => ref i < _memory.Slots.Length ? ref Unsafe.Add(ref _memory.Slots[i].Reference, first) : ref otherwise;

    /// <inheritdoc/>
    public void Save(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("rule", GetType().Name);
        state.Set("learning_rate", LearningRate);
        state.Set("updates", UpdateCount);
        state.Set("pending", _pending);
        SaveRule(state);

        // What an update has not reached is zero.
        foreach ((string name, ParameterCollection tensors) in UpdateCount > 0 ? State : new Dictionary<string, ParameterCollection>())
            state.Set(name, tensors);
        if (_pending > 0)
            state.Set("accumulated", Accumulated(_memory));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It belongs to another network, or a group has no parameter.</exception>
    public Action Load(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.GetString("rule") != GetType().Name)
            throw state.Refused("rule", $"\"{GetType().Name}\"");
        double rate = state.GetFinite("learning_rate", 0, float.MaxValue);
        long updates = state.GetCount("updates");
        long pending = state.GetCount("pending", AccumulationSteps - 1);
        var take = new List<Action> { LoadRule(state) };
        Memory? memory = null;
        if (updates > 0 || pending > 0)
        {
            memory = ReferenceEquals(_memory.Model, state.Model.Parameters) ? _memory : Bind(state.Model);
            List<string> mismatches = [];
            if (updates > 0)
            {
                foreach ((string name, ParameterCollection tensors) in memory.State)
                    Read(name, tensors);
            }

            if (pending > 0)
                Read("accumulated", Accumulated(memory));
            LoadPlan.Refuse(mismatches);

            void Read(string name, ParameterCollection tensors)
            {
                try
                {
                    take.Add(state.GetTensors(name, tensors));
                }
                catch (InvalidDataException e)
                {
                    mismatches.Add(e.Message);
                }
            }
        }

        return () =>
        {
            _memory = memory ?? _memory;
            foreach (AlignedBuffer slot in _memory.Slots)
                slot.Span.Fill(updates > 0 ? SlotPadding : 0);
            _memory.Accumulated?.Span.Clear();
            foreach (Action action in take)
                action();
            (LearningRate, UpdateCount, _pending, GradientNorm) = (rate, updates, (int)pending, double.NaN);
        };
    }

    /// <summary>Puts what the rule keeps beside <see cref="State"/>.</summary>
    private protected virtual void SaveRule(TrainingState state)
    {
    }

    /// <inheritdoc cref="IResumable.Load"/>
    private protected virtual Action LoadRule(TrainingState state) => static () => { };

    /// <summary>Of a network's first step: memory for what is kept, and the ranges of parameters that are treated alike.</summary>
    private Memory Bind(IParameterized model)
    {
        if (_memory.Model is not null)
            throw new InvalidOperationException($"Expected the network of the first step, but got another: what {GetType().Name} keeps belongs to one network, so make an optimizer for each.");
        foreach (ParameterGroup group in Groups.Where(group => !model.Parameters.Any(group.Contains)))
            throw new InvalidOperationException($"Expected a parameter in the group {group}, but there is none. There are: {string.Join(", ", (IEnumerable<ParameterView>)model.Parameters)}.");
        int length = model.FlatParameters.Length;
        ParameterRange[] ranges = ParameterRange.Of(model.Parameters, Groups, length);
        AlignedBuffer[] slots = [.. _slotNames.Select((_, i) => new AlignedBuffer(length, Streams.FirstSlot + i))];
        int mixed = ranges.Where(range => range.Parts.Length > 1).Select(range => range.Length).DefaultIfEmpty(0).Max();
        return new Memory(
            model.Parameters, ranges, slots, AccumulationSteps > 1 ? new AlignedBuffer(length, Streams.Accumulated) : null, mixed > 0 ? new AlignedBuffer(checked(2 * (1 + slots.Length) * mixed)) : null,
            _slotNames.Zip(slots).ToDictionary(slot => slot.First, slot => Views(model.Parameters, slot.Second)));
    }

    private static ParameterCollection Accumulated(Memory memory) => Views(memory.Model!, memory.Accumulated!);

    private static ParameterCollection Views(ParameterCollection parameters, AlignedBuffer buffer) => new(buffer, [.. parameters.Select(parameter => parameter.Layout)]);

    private Span<float> Accumulate(ReadOnlySpan<float> gradients)
    {
        Span<float> sum = _memory.Accumulated!.Span;
        PackedSum.Run(sum, gradients, Network);
        return sum;
    }

    /// <summary>The norm of what is not frozen.</summary>
    private double Norm(Span<float> gradients)
    {
        double squares = 0;
        foreach (ParameterRange range in _memory.Ranges)
            squares += range.Parts.Length == 1 ? PackedNorm.Squares(gradients.Slice(range.First, range.Length), Network) : SquaresOfMixed(range, gradients);
        return Math.Sqrt(squares);
    }

    private static double SquaresOfMixed(ParameterRange range, Span<float> gradients)
    {
        double squares = 0;
        foreach ((ParameterGroup? group, ParameterLayout[] layouts) in range.Parts)
        {
            if (group is { IsFrozen: true })
                continue;
            foreach (ParameterLayout layout in layouts)
                squares += PackedNorm.Squares(gradients, layout);
        }

        return squares;
    }

    private void Update(ParameterRange range, Span<float> parameters, Span<float> gradients, double scale)
    {
        var packed = new PackedRange(ref parameters[range.First], ref gradients[range.First], range.First, range.Length, scale);
        if (range.Parts.Length == 1)
            Update(packed, range.Parts[0].Group);
        else
            UpdateMixed(range, packed, parameters);
    }

    private void Update(in PackedRange range, ParameterGroup? group) =>
        Update(range, LearningRate * (group?.LearningRateFactor ?? 1), group?.WeightDecay ?? WeightDecay);

    /// <summary>Parameters of several groups lie between each other, in the weight of merged layers: each group's rule goes over all of them, and the group keeps what is its own.</summary>
    private void UpdateMixed(ParameterRange range, in PackedRange packed, Span<float> parameters)
    {
        int length = range.Length;
        int buffers = 1 + _memory.Slots.Length;
        Span<float> before = _memory.Scratch!.Span[..(buffers * length)];
        Span<float> after = _memory.Scratch.Span.Slice(buffers * length, buffers * length);
        for (int i = 0; i < buffers; i++)
            Buffer(i, parameters).CopyTo(before.Slice(i * length, length));
        before.CopyTo(after);
        foreach ((ParameterGroup? group, ParameterLayout[] layouts) in range.Parts)
        {
            if (group is { IsFrozen: true })
                continue;
            for (int i = 0; i < buffers; i++)
                before.Slice(i * length, length).CopyTo(Buffer(i, parameters));
            Update(packed, group);
            for (int i = 0; i < buffers; i++)
                Copy(Buffer(i, parameters), after.Slice(i * length, length), layouts, range.First);
        }

        for (int i = 0; i < buffers; i++)
            after.Slice(i * length, length).CopyTo(Buffer(i, parameters));

        Span<float> Buffer(int i, Span<float> parameters) => (i == 0 ? parameters : _memory.Slots[i - 1].Span).Slice(range.First, length);
    }

    private static void Copy(ReadOnlySpan<float> from, Span<float> to, ParameterLayout[] layouts, int first)
    {
        foreach (ParameterLayout layout in layouts)
        {
            for (int row = 0; row < layout.Rows; row++)
            {
                for (int column = 0; column < layout.Inner; column++)
                {
                    int index = layout.PackedIndex(row, column) - first;
                    to[index] = from[index];
                }
            }
        }
    }

    internal static double NonNegative(double value, string parameter) => value >= 0 && (float)value < float.PositiveInfinity
        ? value
        : throw new ArgumentOutOfRangeException(parameter, value.ToString(CultureInfo.InvariantCulture), "Expected a finite number of at least 0.");

    internal static double Positive(double value, string parameter) => value > 0 && (float)value < float.PositiveInfinity
        ? value
        : throw new ArgumentOutOfRangeException(parameter, value.ToString(CultureInfo.InvariantCulture), "Expected a positive finite number.");

    /// <summary>A share, such as a momentum: at least 0 and less than 1.</summary>
    internal static double Share(double value, string parameter) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(parameter, value.ToString(CultureInfo.InvariantCulture), "Expected a number of at least 0 and less than 1.");

    /// <summary>What belongs to a network.</summary>
    private sealed record Memory(
        ParameterCollection? Model, ParameterRange[] Ranges, AlignedBuffer[] Slots, AlignedBuffer? Accumulated, AlignedBuffer? Scratch, IReadOnlyDictionary<string, ParameterCollection> State);
}
