using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NetGen.Benchmarks.Peers;

/// <summary>libtorch through TorchSharp.</summary>
internal sealed class TorchWorker : IWorker
{
    private readonly Dictionary<string, IDisposable> _variants = [];

    /// <summary>Loads the library.</summary>
    /// <param name="threads">The threads of an operator.</param>
    public TorchWorker(int threads)
    {
        set_num_threads(threads);
        set_num_interop_threads(1);
        manual_seed(0);
    }

    public string Version => $"libtorch {torch.__version__}, TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)}";

    public IReadOnlyList<Variant> Build(Workload workload)
    {
        foreach (IDisposable variant in _variants.Values)
            variant.Dispose();
        _variants.Clear();
        GC.Collect();
        if (workload is OptimizerWorkload optimizer)
        {
            _variants.Add("", new TorchOptimizer(optimizer));
            return [new Variant("", "", "")];
        }

        var network = (NetworkWorkload)workload;
        Numbers ours = network.Compute();
        var built = new List<Variant>();
        string[] variants = Declaration.Input(network.Network).Length == 3 ? ["", "channels last"] : [""];
        foreach (string variant in variants)
        {
            var model = new TorchNetwork(network, isChannelsLast: variant.Length > 0);
            _variants.Add(variant, model);
            (string output, string training) = model.Compare(ours);
            built.Add(new Variant(variant, output, training));
        }

        return built;
    }

    public Timing? Timing(string variant, string mode) => _variants[variant] is TorchNetwork network ? network.Timing(mode) : ((TorchOptimizer)_variants[variant]).Steps;

    /// <summary>TorchSharp's optimizer for a rule; what is not said is its default, which is PyTorch's.</summary>
    public static optim.Optimizer Create(Rule rule, IEnumerable<Parameter> parameters) => rule.Name switch
    {
        "SGD" => optim.SGD(parameters, rule.LearningRate, rule.Momentum),
        "Adam" => optim.Adam(parameters, rule.LearningRate),
        "AdamW" => optim.AdamW(parameters, rule.LearningRate, weight_decay: 1e-2),
        "NAdam" => optim.NAdam(parameters, rule.LearningRate),
        "RAdam" => optim.RAdam(parameters, rule.LearningRate),
        "RMSprop" => optim.RMSProp(parameters, rule.LearningRate, momentum: rule.Momentum),
        "Adagrad" => optim.Adagrad(parameters, rule.LearningRate),
        "Adadelta" => optim.Adadelta(parameters, rule.LearningRate),
        "Adamax" => optim.Adamax(parameters, rule.LearningRate),
        _ => throw new NotSupportedException($"TorchSharp has no rule {rule.Name}."),
    };

    /// <summary>The time of so many calls, with what they allocate given back after each.</summary>
    internal static double Repeat(int iterations, Action call)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < iterations; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            call();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}

/// <summary>A network of TorchSharp's modules with its tensors at hand.</summary>
internal sealed class TorchNetwork : IDisposable
{
    private readonly Sequential _model;
    private readonly bool _isChannelsLast;
    private readonly Parameter[] _parameters;
    private readonly Tensor[] _initial;
    private readonly (Tensor Input, Tensor Target)[] _batches;
    private readonly Tensor _one;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly optim.Optimizer _optimizer;

    public TorchNetwork(NetworkWorkload workload, bool isChannelsLast)
    {
        _isChannelsLast = isChannelsLast;
        _model = new TorchModules(workload.Parameters()).Network(Declaration.Layers(workload.Network));
        _parameters = [.. _model.parameters()];
        using (no_grad())
        {
            foreach (Parameter parameter in _parameters.Where(parameter => parameter.dim() == 4))
                parameter.set_(Arrange(parameter));
            _initial = [.. _parameters.Select(parameter => parameter.detach().clone())];
        }

        long[] shape = Array.ConvertAll(Declaration.Input(workload.Network), size => (long)size);
        using Tensor input = tensor(workload.Input(), [workload.Samples, .. shape]);
        using Tensor target = workload.Targets() is int[] classes
            ? tensor(Array.ConvertAll(classes, label => (long)label), [workload.Samples])
            : Targets(_model, input, (float[])workload.Targets());
        _batches = [.. workload.Batches().Select(batch => (Arrange(input.narrow(0, batch.Start, batch.Length)), target.narrow(0, batch.Start, batch.Length).clone()))];
        _one = Arrange(_batches[0].Input.narrow(0, 0, 1));
        nn.Module<Tensor, Tensor, Tensor> loss = Declaration.Loss(workload.Network) == "CrossEntropyLoss" ? nn.CrossEntropyLoss() : nn.MSELoss();
        _loss = Declaration.Loss(workload.Network) == "HalfSquaredErrorLoss" ? (y, t) => 0.5 * (y - t).square().sum() / y.shape[0] : loss.call;
        _optimizer = TorchWorker.Create(workload.Rule, _parameters);
    }

    /// <summary>Compares a pass in evaluation mode, forward and backward, with ours.</summary>
    public (string Output, string Training) Compare(Numbers ours)
    {
        _model.eval();
        using DisposeScope scope = NewDisposeScope();
        (Tensor input, Tensor target) = _batches[0];
        Tensor y = _model.call(input);
        y.backward([tensor(ours.OutputGradient, y.shape)]);
        string training = Differences.OfTraining(ours, _loss(y, target).item<float>(), [.. _parameters.Select(parameter => Values(parameter.grad!))]);
        DropGradients();
        return (Differences.OfOutput(ours, Values(y)), training);

        static float[] Values(Tensor tensor) => tensor.detach().contiguous().flatten().data<float>().ToArray();
    }

    public Timing? Timing(string mode) => mode switch
    {
        "train" or "epoch" => Train,
        "infer" => iterations => Infer(iterations, _batches[0].Input),
        "infer_b1" => iterations => Infer(iterations, _one),
        _ => null,
    };

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (Tensor tensor in _parameters.Select(parameter => parameter.grad).OfType<Tensor>().Concat(_initial).Concat(_batches.SelectMany(batch => new[] { batch.Input, batch.Target })).Append(_one))
            tensor.Dispose();
        _model.Dispose();
    }

    /// <summary>The targets in the shape of the output.</summary>
    private static Tensor Targets(Sequential model, Tensor input, float[] values)
    {
        using IDisposable mode = inference_mode();
        using Tensor y = model.call(input);
        return tensor(values, y.shape);
    }

    /// <summary>A copy, of pictures in the order of memory that was asked for.</summary>
    private Tensor Arrange(Tensor tensor)
    {
        if (!_isChannelsLast || tensor.dim() != 4)
            return tensor.detach().clone();
        using Tensor moved = tensor.detach().permute(0, 2, 3, 1);
        using Tensor arranged = moved.clone().contiguous();
        return arranged.permute(0, 3, 1, 2);
    }

    private double Train(int iterations)
    {
        Reset();
        _model.train();
        return TorchWorker.Repeat(iterations, () =>
        {
            foreach ((Tensor input, Tensor target) in _batches)
            {
                using DisposeScope step = NewDisposeScope();
                DropGradients();
                _loss(_model.call(input), target).backward();
                _optimizer.step();
            }
        });
    }

    private double Infer(int iterations, Tensor input)
    {
        Reset();
        _model.eval();
        using IDisposable mode = inference_mode();
        return TorchWorker.Repeat(iterations, () => _model.call(input));
    }

    /// <summary>Faster than <c>zero_grad</c>, which in TorchSharp fills them with zeros that the backward pass then adds to.</summary>
    private void DropGradients()
    {
        foreach (Parameter parameter in _parameters)
            parameter.grad = null;
    }

    private void Reset()
    {
        using IDisposable mode = no_grad();
        foreach ((Parameter parameter, Tensor initial) in _parameters.Zip(_initial))
            parameter.copy_(initial);
    }
}

/// <summary>An optimizer of TorchSharp's with its parameters.</summary>
internal sealed class TorchOptimizer : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly optim.Optimizer _optimizer;

    public TorchOptimizer(OptimizerWorkload workload)
    {
        _parameters = [.. workload.Shapes().Select(Make)];
        _optimizer = TorchWorker.Create(workload.Rule, _parameters);

        static Parameter Make(int[] shape)
        {
            int count = shape.Aggregate(1, (product, size) => product * size);
            long[] sizes = Array.ConvertAll(shape, size => (long)size);
            return new Parameter(tensor(Workload.Uniform(count, 1), sizes)) { grad = tensor(OptimizerWorkload.Gradients(count), sizes) };
        }
    }

    public double Steps(int iterations) => TorchWorker.Repeat(iterations, () => _optimizer.step());

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (Parameter parameter in _parameters)
        {
            parameter.grad?.Dispose();
            parameter.Dispose();
        }
    }
}
