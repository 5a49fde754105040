using NetGen.Generator.Compiler;
using NetGen.Generator.Compiler.Ops;
using static NetGen.Tests.Networks.Declarations;

namespace NetGen.Tests.Networks;

/// <summary>The reference's networks, built in code.</summary>
internal static class ReferenceDeclarations
{
    /// <param name="name">The fixture's; the rest of the losses have one network.</param>
    public static NetworkDeclaration Of(string name)
    {
        ActivationOp sigmoid = Activation(ActivationKind.Sigmoid);
        ActivationOp tanh = Activation(ActivationKind.Tanh);
        ActivationOp relu = Activation(ActivationKind.ReLU);
        var flatten = new FlattenOp(null);
        return name switch
        {
            "hw5-sigmoid-mlp" => Network("Homework", [4], Loss(ElementwiseLossKind.HalfSquaredError),
                Linear(4), sigmoid, Linear(4), sigmoid, Linear(4), sigmoid, Linear(4), sigmoid, Linear(4), sigmoid, Linear(1)),
            "two-layer-scalar" => Network("Scalar", [1], Loss(ElementwiseLossKind.MSE), Linear(64), sigmoid, Linear(1)),
            "mnist-mlp" => Network("Mnist", [784], new CrossEntropyLossOp(), Linear(128), relu, Linear(10)),
            "activations" => Network("Activations", [9], Loss(ElementwiseLossKind.MSE),
                Linear(33), Activation(ActivationKind.LeakyReLU, 0.01), Linear(31), tanh, Linear(17), sigmoid, Linear(19), Activation(ActivationKind.GELU),
                Linear(13), Activation(ActivationKind.SiLU), Linear(11), Activation(ActivationKind.Softplus, 1), Linear(7), Activation(ActivationKind.ELU, 1), Linear(3)),
            "loss-bce-with-logits" => Network("Losses", [6], Loss(ElementwiseLossKind.BCEWithLogits), Linear(10), tanh, Linear(4)),
            "loss-huber" => Network("Losses", [6], Loss(ElementwiseLossKind.Huber), Linear(10), tanh, Linear(4)),
            "conv1d-chain" => Network("Chain", [1, 128], Loss(ElementwiseLossKind.MSE),
                Conv1d(1, 5), sigmoid, Conv1d(1, 5), sigmoid, Conv1d(1, 3), sigmoid, flatten, Linear(1)),
            "lenet5" => Network("LeNet5", [1, 28, 28], new CrossEntropyLossOp(),
                Conv2d(6, 5), relu, Pool2d(PoolKind.Max, 2), Conv2d(16, 5), relu, Pool2d(PoolKind.Max, 2), flatten, Linear(120), relu, Linear(84), relu, Linear(10)),
            "avgpool-stride" => Network("Averages", [3, 19, 23], new CrossEntropyLossOp(),
                Conv2d(10, 3, stride: 2, padding: 1), tanh, Pool2d(PoolKind.Average, 2), Conv2d(12, 5, stride: 2, padding: 2), tanh,
                new AdaptiveAvgPoolOp(null, Size2.Of(1)), flatten, Linear(5)),
            "bottleneck" => Network("Bottleneck", [256, 14, 14], Loss(ElementwiseLossKind.MSE),
                Conv2d(128, 1), relu, Conv2d(128, 3, padding: 1), relu, Conv2d(256, 1), relu),
            "log-sum-exp" => Network("SmoothMaximum", [6], Loss(ElementwiseLossKind.MSE), Linear(12), new LogSumExpOp(null, 4)),
            "residual-mlp" => Network("ResidualMlp", [6], Loss(ElementwiseLossKind.MSE), ResidualMlp(24)),
            "residual-mlp-64x10" => Network("ResidualMlp64", [64], Loss(ElementwiseLossKind.MSE), ResidualMlp(64)),
            "inception-1" => Network("Inception", [256, 32, 32], Loss(ElementwiseLossKind.MSE), Concat(
                Block("Pointwise", Conv2d(128, 1), relu), Block("Wide3x3", Conv2d(192, 3, padding: 1), relu), Block("Wide5x5", Conv2d(96, 5, padding: 2), relu))),
            "inception-2" => Network("NarrowInception", [256, 32, 32], Loss(ElementwiseLossKind.MSE), Concat(
                Block("Pointwise128", Conv2d(128, 1), relu), Block("Narrowed3x3", Conv2d(64, 1), relu, Conv2d(192, 3, padding: 1), relu),
                Block("Narrowed5x5", Conv2d(64, 1), relu, Conv2d(96, 5, padding: 2), relu), Block("Pointwise64", Conv2d(64, 1), relu))),
            "stm" => Network("SplitTransformMerge", [256, 14, 14], Loss(ElementwiseLossKind.MSE), SplitTransformMerge()),
            "stm-32" => Network("SplitTransformMerge32", [256, 32, 32], Loss(ElementwiseLossKind.MSE), SplitTransformMerge()),
            "alexnet-mnist" => Network("MnistAlexNet", [1, 28, 28], new CrossEntropyLossOp(),
                Conv2d(96, 4), relu, Conv2d(96, 3), relu, Conv2d(256, 5, padding: 2), relu, Pool2d(PoolKind.Max, 3, 2), Conv2d(384, 3, padding: 1), relu,
                Conv2d(384, 3, padding: 1), relu, Conv2d(256, 3, padding: 1), relu, Pool2d(PoolKind.Max, 3, 2), flatten, new DropoutOp(null, 0.5), Linear(800), relu, Linear(10)),
            "alexnet" => Network("AlexNet", [3, 224, 224], new CrossEntropyLossOp(),
                Conv2d(64, 11, 4, 2), relu, Pool2d(PoolKind.Max, 3, 2), Conv2d(192, 5, padding: 2), relu, Pool2d(PoolKind.Max, 3, 2), Conv2d(384, 3, padding: 1), relu,
                Conv2d(256, 3, padding: 1), relu, Conv2d(256, 3, padding: 1), relu, Pool2d(PoolKind.Max, 3, 2), flatten, new DropoutOp(null, 0.5), Linear(4096), relu,
                new DropoutOp(null, 0.5), Linear(4096), relu, Linear(1000)),
            _ => Network("Losses", [6], Loss(ElementwiseLossKind.L1), Linear(10), tanh, Linear(4)),
        };
    }

    private static LayerOp[] ResidualMlp(int width)
    {
        LayerOp[] layer = [Linear(width), Activation(ActivationKind.Sigmoid)];
        return [.. layer, Repeat(Block("ResidualLayer", Residual(Block("SigmoidLayer", layer))), 8), Linear(1)];
    }

    private static CompositeOp SplitTransformMerge()
    {
        ActivationOp relu = Activation(ActivationKind.ReLU);
        return ParallelSum(Block("NarrowPath", Conv2d(4, 1), relu, Conv2d(4, 3, padding: 1), relu, Conv2d(256, 1)), 32);
    }
}
