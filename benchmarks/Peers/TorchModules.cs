using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NetGen.Benchmarks.Peers;

/// <summary>Makes TorchSharp's modules from a network's attributes.</summary>
/// <param name="parameters">The parameters, in the order of the layers.</param>
internal sealed class TorchModules(IEnumerable<NamedTensor> parameters)
{
    private readonly Queue<NamedTensor> _parameters = new(parameters);

    /// <summary>The layers one behind the other.</summary>
    /// <exception cref="InvalidOperationException">Parameters are left over.</exception>
    public Sequential Network(DeclaredLayer[] layers)
    {
        Sequential network = Sequence(layers);
        return _parameters.Count == 0 ? network : throw new InvalidOperationException($"{_parameters.Peek().Name} belongs to no layer.");
    }

    private Sequential Sequence(DeclaredLayer[] layers) => Sequential([.. layers.Select(Layer)]);

    private Module<Tensor, Tensor> Layer(DeclaredLayer layer) => layer.Kind switch
    {
        "Linear" => Linear(layer),
        "Conv1d" => Conv1d(layer),
        "Conv2d" => Conv2d(layer),
        "MaxPool2d" => MaxPool2d(layer),
        "ReLU" => ReLU(),
        "Sigmoid" => Sigmoid(),
        "Tanh" => Tanh(),
        "Flatten" => Flatten(),
        "Dropout" => Dropout((double)layer.Arguments[0]),
        "Repeat" => Sequential([.. Copies(layer)]),
        "Residual" => new Residual(Sequence(layer.Blocks[0])),
        "Sum" => new Branches([.. Copies(layer)], isConcat: false),
        "Concat" => new Branches([.. Copies(layer)], isConcat: true),
        "Parallel" => new Branches([.. Copies(layer)], isConcat: layer.Option("Merge", 0) != 0),
        _ => throw new NotSupportedException($"TorchSharp's network has no {layer.Kind}."),
    };

    private IEnumerable<Sequential> Copies(DeclaredLayer layer) =>
        Enumerable.Repeat(layer.Blocks, layer.Arguments.Length > 0 ? (int)layer.Arguments[0] : 1).SelectMany(blocks => blocks).Select(Sequence);

    private Linear Linear(DeclaredLayer layer)
    {
        NamedTensor weight = _parameters.Dequeue();
        Linear module = nn.Linear(weight.Shape[1], weight.Shape[0], layer.Option("Bias", true));
        return Fill(module, module.weight!, weight, module.bias);
    }

    private Conv1d Conv1d(DeclaredLayer layer)
    {
        NamedTensor weight = _parameters.Dequeue();
        int groups = layer.Option("Groups", 1);
        Conv1d module = nn.Conv1d(
            weight.Shape[1] * groups, weight.Shape[0], weight.Shape[2], layer.Option("Stride", 1), layer.Option("Padding", 0), layer.Option("Dilation", 1), groups: groups, bias: layer.Option("Bias", true));
        return Fill(module, module.weight, weight, module.bias);
    }

    private Conv2d Conv2d(DeclaredLayer layer)
    {
        NamedTensor weight = _parameters.Dequeue();
        int groups = layer.Option("Groups", 1);
        Conv2d module = nn.Conv2d(
            weight.Shape[1] * groups, weight.Shape[0], (weight.Shape[2], weight.Shape[3]), Pair(layer.Sizes("Stride", 1, 2)), Pair(layer.Sizes("Padding", 0, 2)), Pair(layer.Sizes("Dilation", 1, 2)),
            groups: groups, bias: layer.Option("Bias", true));
        return Fill(module, module.weight, weight, module.bias);
    }

    private static MaxPool2d MaxPool2d(DeclaredLayer layer)
    {
        int[] window = layer.Window(0, 2);
        int[] stride = layer.Sizes("Stride", 0, 2);
        return nn.MaxPool2d(Pair(window), Pair(stride.Max() > 0 ? stride : window), Pair(layer.Sizes("Padding", 0, 2)), ceil_mode: layer.Option("CeilMode", false));
    }

    private static (long, long) Pair(int[] sizes) => (sizes[0], sizes[1]);

    private TModule Fill<TModule>(TModule module, Parameter weight, NamedTensor values, Parameter? bias)
    {
        using IDisposable scope = no_grad();
        Copy(weight, values);
        if (bias is not null)
            Copy(bias, _parameters.Dequeue());
        return module;

        static void Copy(Parameter parameter, NamedTensor values)
        {
            using Tensor tensor = torch.tensor(values.Values, Array.ConvertAll(values.Shape, size => (long)size));
            parameter.copy_(tensor);
        }
    }

    private sealed class Residual : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> _body;

        public Residual(Module<Tensor, Tensor> body)
            : base(nameof(Residual))
        {
            _body = body;
            register_module("body", body);
        }

        public override Tensor forward(Tensor input)
        {
            using Tensor y = _body.call(input);
            return y + input;
        }
    }

    private sealed class Branches : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor>[] _branches;
        private readonly bool _isConcat;

        public Branches(Module<Tensor, Tensor>[] branches, bool isConcat)
            : base(nameof(Branches))
        {
            _branches = branches;
            _isConcat = isConcat;
            for (int i = 0; i < branches.Length; i++)
                register_module(Text.Of(i), branches[i]);
        }

        public override Tensor forward(Tensor input)
        {
            Tensor[] outputs = Array.ConvertAll(_branches, branch => branch.call(input));
            Tensor merged = _isConcat ? cat(outputs, 1) : outputs[0];
            for (int i = 1; !_isConcat && i < outputs.Length; i++)
                merged += outputs[i];
            return merged;
        }
    }
}
