// Well-known networks, written from memory as their papers, tutorials and model zoos have them, with the losses that they are trained with:
// what KnownNetworksTests expects the build to say of each. Bias = false stands where the originals have it.
using NetGen;

namespace WellKnown;

/// <summary>Logistic regression.</summary>
[Network(30), Linear(1), BCEWithLogitsLoss]
partial class LogisticRegression;

/// <summary>Linear regression.</summary>
[Network(13), Linear(1), MSELoss]
partial class LinearRegression;

/// <summary>Softmax regression of MNIST.</summary>
[Network(784), Linear(10), CrossEntropyLoss]
partial class SoftmaxRegression;

/// <summary>XOR as backpropagation became known with it.</summary>
[Network(2), Linear(2), Sigmoid, Linear(1), BCEWithLogitsLoss]
partial class XorMlp;

/// <summary>XOR with tanh.</summary>
[Network(2), Linear(4), Tanh, Linear(1), BCEWithLogitsLoss]
partial class XorTanh;

/// <summary>The multilayer perceptron of Keras and TensorFlow for MNIST beginners.</summary>
[Network(28, 28), Flatten, Linear(128), ReLU, Dropout(0.2), Linear(10), CrossEntropyLoss]
partial class KerasMnistMlp;

/// <summary>Keras, mnist_mlp.</summary>
[Network(784), Linear(512), ReLU, Dropout(0.2), Linear(512), ReLU, Dropout(0.2), Linear(10), CrossEntropyLoss]
partial class KerasMnistMlpWide;

/// <summary>The quickstart of PyTorch, Fashion-MNIST.</summary>
[Network(1, 28, 28), Flatten, Linear(512), ReLU, Linear(512), ReLU, Linear(10), CrossEntropyLoss]
partial class PyTorchQuickstart;

/// <summary>Irises.</summary>
[Classes(3)]
[Network(4), Linear(16), ReLU, Linear(16), ReLU, Linear(3), CrossEntropyLoss]
partial class IrisMlp;

/// <summary>Boston housing, Keras.</summary>
[TargetRange(0)]
[Network(13), Linear(64), ReLU, Linear(64), ReLU, Linear(1), MSELoss]
partial class BostonHousing;

/// <summary>Fuel consumption, TensorFlow.</summary>
[Network(9), Linear(64), ReLU, Linear(64), ReLU, Linear(1), L1Loss]
partial class AutoMpg;

/// <summary>Pima diabetes.</summary>
[Network(8), Linear(12), ReLU, Linear(8), ReLU, Linear(1), BCEWithLogitsLoss]
partial class PimaDiabetes;

/// <summary>Reviews as 10,000 words, Chollet.</summary>
[Network(10000), Linear(16), ReLU, Linear(16), ReLU, Linear(1), BCEWithLogitsLoss]
partial class ImdbMlp;

/// <summary>Reuters topics, Chollet.</summary>
[Classes(46)]
[Network(10000), Linear(64), ReLU, Linear(64), ReLU, Linear(46), CrossEntropyLoss]
partial class ReutersMlp;

/// <summary>A tabular network with batch normalisation and dropout.</summary>
[Network(40), BatchNorm1d]
[Linear(200, Bias = false), BatchNorm1d, ReLU, Dropout(0.1), Linear(100, Bias = false), BatchNorm1d, ReLU, Dropout(0.1), Linear(1), MSELoss]
partial class TabularBatchNorm;

/// <summary>A multi-label classifier.</summary>
[Labels(20)]
[Network(300), Linear(256), ReLU, Dropout(0.5), Linear(20), BCEWithLogitsLoss]
partial class MultiLabel;

[Block, BatchNorm1d, Linear(256), ReLU, Dropout(0.2), Linear(128)]
class TabularBody;

[Block, Residual<TabularBody>]
class TabularResidual;

/// <summary>A residual network for tables (Gorishniy et al. 2021).</summary>
[Network(50), Linear(128), Repeat<TabularResidual>(4), BatchNorm1d, ReLU, Linear(1), MSELoss]
partial class TabularResNet;

[Block, Linear(64, Init = Init.XavierNormal), Tanh]
class SeluLike;

/// <summary>Five tanh layers with Xavier weights (Glorot and Bengio 2010).</summary>
[Network(64), Repeat<SeluLike>(5), Linear(10, Init = Init.XavierNormal), CrossEntropyLoss]
partial class XavierTanh;

/// <summary>A field that maps a place to a colour.</summary>
[TargetRange(0, 1)]
[Network(32), Linear(256), ReLU, Linear(256), ReLU, Linear(256), ReLU, Linear(3), Sigmoid, MSELoss]
partial class CoordinateMlp;

[Block, Linear(256), ReLU, Linear(256), ReLU, Linear(256), ReLU, Linear(256), ReLU]
class NeRFTrunk;

/// <summary>The eight layers of a radiance field, their skip as a sum.</summary>
[Network(60), Linear(256), ReLU, Residual<NeRFTrunk>, Residual<NeRFTrunk>, Linear(4), MSELoss]
partial class RadianceField;

/// <summary>A physics-informed network.</summary>
[Network(2), Linear(20, Init = Init.XavierNormal), Tanh, Linear(20, Init = Init.XavierNormal), Tanh, Linear(20, Init = Init.XavierNormal), Tanh, Linear(20, Init = Init.XavierNormal), Tanh, Linear(1, Init = Init.XavierNormal), MSELoss]
partial class PhysicsInformed;

/// <summary>Matrix factors to a rating.</summary>
[TargetRange(1, 5)]
[Network(100), Linear(64), ReLU, Linear(32), ReLU, Linear(1), MSELoss]
partial class Recommender;

/// <summary>Wide and deep parts side by side.</summary>
[Network(100), Concat<Identity, DeepPart>, Linear(1), BCEWithLogitsLoss]
partial class WideAndDeep;

[Block, Linear(64), ReLU, Linear(32), ReLU]
class DeepPart;

/// <summary>LeNet-1.</summary>
[Network(1, 28, 28), Conv2d(4, 5), Tanh, AvgPool2d(2), Conv2d(12, 5), Tanh, AvgPool2d(2), Flatten, Linear(10), CrossEntropyLoss]
partial class LeNet1;

/// <summary>LeNet-4.</summary>
[Network(1, 32, 32), Conv2d(4, 5), Tanh, AvgPool2d(2), Conv2d(16, 5), Tanh, AvgPool2d(2), Flatten, Linear(120), Tanh, Linear(10), CrossEntropyLoss]
partial class LeNet4;

/// <summary>LeNet-5.</summary>
[Network(1, 32, 32), Conv2d(6, 5), Tanh, AvgPool2d(2), Conv2d(16, 5), Tanh, AvgPool2d(2), Flatten, Linear(120), Tanh, Linear(84), Tanh, Linear(10), CrossEntropyLoss]
partial class LeNet5;

/// <summary>LeNet-5 with ReLU and max pools.</summary>
[Network(1, 28, 28), Conv2d(6, 5, Padding = 2), ReLU, MaxPool2d(2), Conv2d(16, 5), ReLU, MaxPool2d(2), Flatten, Linear(120), ReLU, Linear(84), ReLU, Linear(10), CrossEntropyLoss]
partial class LeNet5ReLU;

/// <summary>The MNIST example of PyTorch.</summary>
[Network(1, 28, 28), Conv2d(32, 3), ReLU, Conv2d(64, 3), ReLU, MaxPool2d(2), Dropout(0.25), Flatten, Linear(128), ReLU, Dropout(0.5), Linear(10), CrossEntropyLoss]
partial class PyTorchMnist;

/// <summary>The older MNIST example of PyTorch, which drops before ReLU.</summary>
[Network(1, 28, 28), Conv2d(10, 5), MaxPool2d(2), ReLU, Conv2d(20, 5), Dropout, MaxPool2d(2), ReLU, Flatten, Linear(50), ReLU, Dropout, Linear(10), CrossEntropyLoss]
partial class PyTorchMnistOld;

/// <summary>Keras, mnist_cnn.</summary>
[Network(1, 28, 28), Conv2d(32, 3), ReLU, MaxPool2d(2), Conv2d(64, 3), ReLU, MaxPool2d(2), Flatten, Dropout(0.5), Linear(10), CrossEntropyLoss]
partial class KerasMnistCnn;

/// <summary>TensorFlow, Deep MNIST for experts.</summary>
[Network(1, 28, 28), Conv2d(32, 5, Padding = 2), ReLU, MaxPool2d(2), Conv2d(64, 5, Padding = 2), ReLU, MaxPool2d(2), Flatten, Linear(1024), ReLU, Dropout(0.5), Linear(10), CrossEntropyLoss]
partial class DeepMnist;

/// <summary>The CIFAR tutorial of PyTorch.</summary>
[Network(3, 32, 32), Conv2d(6, 5), ReLU, MaxPool2d(2), Conv2d(16, 5), ReLU, MaxPool2d(2), Flatten, Linear(120), ReLU, Linear(84), ReLU, Linear(10), CrossEntropyLoss]
partial class PyTorchCifar;

/// <summary>The CIFAR tutorial of TensorFlow.</summary>
[Network(3, 32, 32), Conv2d(32, 3), ReLU, MaxPool2d(2), Conv2d(64, 3), ReLU, MaxPool2d(2), Conv2d(64, 3), ReLU, Flatten, Linear(64), ReLU, Linear(10), CrossEntropyLoss]
partial class TensorFlowCifar;

/// <summary>Keras, cifar10_cnn.</summary>
[Network(3, 32, 32), Conv2d(32, 3, Padding = 1), ReLU, Conv2d(32, 3), ReLU, MaxPool2d(2), Dropout(0.25), Conv2d(64, 3, Padding = 1), ReLU, Conv2d(64, 3), ReLU, MaxPool2d(2), Dropout(0.25), Flatten, Linear(512), ReLU, Dropout(0.5), Linear(10), CrossEntropyLoss]
partial class KerasCifar;

/// <summary>Cats and dogs, Chollet.</summary>
[Labels(1)]
[Network(3, 150, 150), Conv2d(32, 3), ReLU, MaxPool2d(2), Conv2d(64, 3), ReLU, MaxPool2d(2), Conv2d(128, 3), ReLU, MaxPool2d(2), Conv2d(128, 3), ReLU, MaxPool2d(2), Flatten, Dropout(0.5), Linear(512), ReLU, Linear(1), BCEWithLogitsLoss]
partial class CatsAndDogs;

/// <summary>AlexNet as torchvision has it.</summary>
[Network(3, 224, 224), Conv2d(64, 11, Stride = 4, Padding = 2), ReLU, MaxPool2d(3, Stride = 2), Conv2d(192, 5, Padding = 2), ReLU, MaxPool2d(3, Stride = 2), Conv2d(384, 3, Padding = 1), ReLU, Conv2d(256, 3, Padding = 1), ReLU, Conv2d(256, 3, Padding = 1), ReLU, MaxPool2d(3, Stride = 2)]
[AdaptiveAvgPool2d(6), Flatten, Dropout, Linear(4096), ReLU, Dropout, Linear(4096), ReLU, Linear(1000), CrossEntropyLoss]
partial class AlexNet;

/// <summary>AlexNet in two groups.</summary>
[Network(3, 227, 227), Conv2d(96, 11, Stride = 4), ReLU, MaxPool2d(3, Stride = 2), Conv2d(256, 5, Padding = 2, Groups = 2), ReLU, MaxPool2d(3, Stride = 2), Conv2d(384, 3, Padding = 1), ReLU, Conv2d(384, 3, Padding = 1, Groups = 2), ReLU, Conv2d(256, 3, Padding = 1, Groups = 2), ReLU, MaxPool2d(3, Stride = 2)]
[Flatten, Linear(4096), ReLU, Dropout, Linear(4096), ReLU, Dropout, Linear(1000), CrossEntropyLoss]
partial class AlexNetGroups;

/// <summary>ZFNet.</summary>
[Network(3, 224, 224), Conv2d(96, 7, Stride = 2, Padding = 1), ReLU, MaxPool2d(3, Stride = 2, Padding = 1), Conv2d(256, 5, Stride = 2), ReLU, MaxPool2d(3, Stride = 2, Padding = 1), Conv2d(384, 3, Padding = 1), ReLU, Conv2d(384, 3, Padding = 1), ReLU, Conv2d(256, 3, Padding = 1), ReLU, MaxPool2d(3, Stride = 2)]
[Flatten, Linear(4096), ReLU, Dropout, Linear(4096), ReLU, Dropout, Linear(1000), CrossEntropyLoss]
partial class ZFNet;

/// <summary>VGG-11 with the default initialisers.</summary>
[Network(3, 224, 224), Conv2d(64, 3, Padding = 1), ReLU, MaxPool2d(2), Conv2d(128, 3, Padding = 1), ReLU, MaxPool2d(2), Conv2d(256, 3, Padding = 1), ReLU, Conv2d(256, 3, Padding = 1), ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1), ReLU, Conv2d(512, 3, Padding = 1), ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1), ReLU, Conv2d(512, 3, Padding = 1), ReLU, MaxPool2d(2)]
[Flatten, Linear(4096), ReLU, Dropout, Linear(4096), ReLU, Dropout, Linear(1000), CrossEntropyLoss]
partial class Vgg11;

/// <summary>VGG-13, initialised as torchvision does.</summary>
[Network(3, 224, 224), Conv2d(64, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(64, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(128, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(128, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2)]
[Flatten, Linear(4096, Init = Init.Normal, InitScale = 0.01), ReLU, Dropout, Linear(4096, Init = Init.Normal, InitScale = 0.01), ReLU, Dropout, Linear(1000, Init = Init.Normal, InitScale = 0.01), CrossEntropyLoss]
partial class Vgg13;

/// <summary>VGG-16, initialised as torchvision does.</summary>
[Network(3, 224, 224), Conv2d(64, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(64, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(128, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(128, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2)]
[Flatten, Linear(4096, Init = Init.Normal, InitScale = 0.01), ReLU, Dropout, Linear(4096, Init = Init.Normal, InitScale = 0.01), ReLU, Dropout, Linear(1000, Init = Init.Normal, InitScale = 0.01), CrossEntropyLoss]
partial class Vgg16;

/// <summary>VGG-19, initialised as torchvision does.</summary>
[Network(3, 224, 224), Conv2d(64, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(64, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(128, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(128, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal, BiasInit = Init.Constant), ReLU, MaxPool2d(2)]
[Flatten, Linear(4096, Init = Init.Normal, InitScale = 0.01), ReLU, Dropout, Linear(4096, Init = Init.Normal, InitScale = 0.01), ReLU, Dropout, Linear(1000, Init = Init.Normal, InitScale = 0.01), CrossEntropyLoss]
partial class Vgg19;

/// <summary>VGG-16 with batch normalisation, for CIFAR.</summary>
[Network(3, 32, 32), Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, MaxPool2d(2), Conv2d(128, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, MaxPool2d(2), Conv2d(256, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, MaxPool2d(2)]
[Flatten, Linear(512), ReLU, Dropout, Linear(10), CrossEntropyLoss]
partial class Vgg16BatchNorm;

/// <summary>Network in Network for CIFAR, whose last ReLU stands before the pool.</summary>
[Network(3, 32, 32), Conv2d(192, 5, Padding = 2, Init = Init.Normal, InitScale = 0.05), ReLU, Conv2d(160, 1, Init = Init.Normal, InitScale = 0.05), ReLU, Conv2d(96, 1, Init = Init.Normal, InitScale = 0.05), ReLU, MaxPool2d(3, Stride = 2, Padding = 1), Dropout, Conv2d(192, 5, Padding = 2, Init = Init.Normal, InitScale = 0.05), ReLU, Conv2d(192, 1, Init = Init.Normal, InitScale = 0.05), ReLU, Conv2d(192, 1, Init = Init.Normal, InitScale = 0.05), ReLU, AvgPool2d(3, Stride = 2, Padding = 1), Dropout]
[Conv2d(192, 3, Padding = 1, Init = Init.Normal, InitScale = 0.05), ReLU, Conv2d(192, 1, Init = Init.Normal, InitScale = 0.05), ReLU, Conv2d(10, 1, Init = Init.Normal, InitScale = 0.05), ReLU, GlobalAvgPool2d, Flatten, CrossEntropyLoss]
partial class NetworkInNetwork;

/// <summary>All-CNN-C, whose last ReLU stands before the pool.</summary>
[Network(3, 32, 32), Dropout(0.2), Conv2d(96, 3, Padding = 1), ReLU, Conv2d(96, 3, Padding = 1), ReLU, Conv2d(96, 3, Stride = 2, Padding = 1), ReLU, Dropout, Conv2d(192, 3, Padding = 1), ReLU, Conv2d(192, 3, Padding = 1), ReLU, Conv2d(192, 3, Stride = 2, Padding = 1), ReLU, Dropout]
[Conv2d(192, 3), ReLU, Conv2d(192, 1), ReLU, Conv2d(10, 1), ReLU, GlobalAvgPool2d, Flatten, CrossEntropyLoss]
partial class AllCnn;

[Block, Conv2d(64, 1, Init = Init.KaimingUniform), ReLU]
class Expand1x64;

[Block, Conv2d(64, 3, Padding = 1, Init = Init.KaimingUniform), ReLU]
class Expand3x64;

[Block, Conv2d(16, 1, Init = Init.KaimingUniform), ReLU, Concat<Expand1x64, Expand3x64>]
class Fire64;

[Block, Conv2d(128, 1, Init = Init.KaimingUniform), ReLU]
class Expand1x128;

[Block, Conv2d(128, 3, Padding = 1, Init = Init.KaimingUniform), ReLU]
class Expand3x128;

[Block, Conv2d(32, 1, Init = Init.KaimingUniform), ReLU, Concat<Expand1x128, Expand3x128>]
class Fire128;

[Block, Conv2d(192, 1, Init = Init.KaimingUniform), ReLU]
class Expand1x192;

[Block, Conv2d(192, 3, Padding = 1, Init = Init.KaimingUniform), ReLU]
class Expand3x192;

[Block, Conv2d(48, 1, Init = Init.KaimingUniform), ReLU, Concat<Expand1x192, Expand3x192>]
class Fire192;

[Block, Conv2d(256, 1, Init = Init.KaimingUniform), ReLU]
class Expand1x256;

[Block, Conv2d(256, 3, Padding = 1, Init = Init.KaimingUniform), ReLU]
class Expand3x256;

[Block, Conv2d(64, 1, Init = Init.KaimingUniform), ReLU, Concat<Expand1x256, Expand3x256>]
class Fire256;

/// <summary>SqueezeNet 1.1 as torchvision has it, whose last ReLU stands before the pool.</summary>
[Network(3, 224, 224), Conv2d(64, 3, Stride = 2, Init = Init.KaimingUniform), ReLU, MaxPool2d(3, Stride = 2, CeilMode = true), Sequential<Fire64>, Sequential<Fire64>, MaxPool2d(3, Stride = 2, CeilMode = true), Sequential<Fire128>, Sequential<Fire128>, MaxPool2d(3, Stride = 2, CeilMode = true), Sequential<Fire192>, Sequential<Fire192>, Sequential<Fire256>, Sequential<Fire256>]
[Dropout, Conv2d(1000, 1, Init = Init.KaimingUniform), ReLU, GlobalAvgPool2d, Flatten, CrossEntropyLoss]
partial class SqueezeNet;

[Block, Conv2d(16, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(16, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic16Body;

[Block, Residual<Basic16Body>, ReLU]
class Basic16;

[Block, Conv2d(32, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(32, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic32Body;

[Block, Residual<Basic32Body>, ReLU]
class Basic32;

[Block, Conv2d(32, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(32, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic32DownBody;

[Block, Conv2d(32, 1, Stride = 2, Bias = false), BatchNorm2d]
class Shortcut32;

[Block, Sum<Basic32DownBody, Shortcut32>, ReLU]
class Basic32Down;

[Block, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic64Body;

[Block, Residual<Basic64Body>, ReLU]
class Basic64;

[Block, Conv2d(64, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic64DownBody;

[Block, Conv2d(64, 1, Stride = 2, Bias = false), BatchNorm2d]
class Shortcut64;

[Block, Sum<Basic64DownBody, Shortcut64>, ReLU]
class Basic64Down;

[Block, Conv2d(128, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic128Body;

[Block, Residual<Basic128Body>, ReLU]
class Basic128;

[Block, Conv2d(128, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic128DownBody;

[Block, Conv2d(128, 1, Stride = 2, Bias = false), BatchNorm2d]
class Shortcut128;

[Block, Sum<Basic128DownBody, Shortcut128>, ReLU]
class Basic128Down;

[Block, Conv2d(256, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic256Body;

[Block, Residual<Basic256Body>, ReLU]
class Basic256;

[Block, Conv2d(256, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic256DownBody;

[Block, Conv2d(256, 1, Stride = 2, Bias = false), BatchNorm2d]
class Shortcut256;

[Block, Sum<Basic256DownBody, Shortcut256>, ReLU]
class Basic256Down;

[Block, Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic512Body;

[Block, Residual<Basic512Body>, ReLU]
class Basic512;

[Block, Conv2d(512, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d]
class Basic512DownBody;

[Block, Conv2d(512, 1, Stride = 2, Bias = false), BatchNorm2d]
class Shortcut512;

[Block, Sum<Basic512DownBody, Shortcut512>, ReLU]
class Basic512Down;

/// <summary>ResNet-18.</summary>
[Network(3, 224, 224), Conv2d(64, 7, Stride = 2, Padding = 3, Bias = false), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 2, Padding = 1)]
[Repeat<Basic64>(2), Sequential<Basic128Down>, Sequential<Basic128>, Sequential<Basic256Down>, Sequential<Basic256>, Sequential<Basic512Down>, Sequential<Basic512>]
[GlobalAvgPool2d, Flatten, Linear(1000), CrossEntropyLoss]
partial class ResNet18;

/// <summary>ResNet-34.</summary>
[Network(3, 224, 224), Conv2d(64, 7, Stride = 2, Padding = 3, Bias = false), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 2, Padding = 1)]
[Repeat<Basic64>(3), Sequential<Basic128Down>, Repeat<Basic128>(3), Sequential<Basic256Down>, Repeat<Basic256>(5), Sequential<Basic512Down>, Repeat<Basic512>(2)]
[GlobalAvgPool2d, Flatten, Linear(1000), CrossEntropyLoss]
partial class ResNet34;

/// <summary>ResNet-20 for CIFAR.</summary>
[Network(3, 32, 32), Conv2d(16, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU]
[Repeat<Basic16>(3), Sequential<Basic32Down>, Repeat<Basic32>(2), Sequential<Basic64Down>, Repeat<Basic64>(2)]
[GlobalAvgPool2d, Flatten, Linear(10), CrossEntropyLoss]
partial class ResNet20Cifar;

/// <summary>ResNet-56 for CIFAR.</summary>
[Network(3, 32, 32), Conv2d(16, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU]
[Repeat<Basic16>(9), Sequential<Basic32Down>, Repeat<Basic32>(8), Sequential<Basic64Down>, Repeat<Basic64>(8)]
[GlobalAvgPool2d, Flatten, Linear(10), CrossEntropyLoss]
partial class ResNet56Cifar;

[Block, Conv2d(64, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 1, Bias = false), BatchNorm2d]
class Bottleneck64FirstBody;

[Block, Conv2d(64, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 1, Bias = false), BatchNorm2d]
class Bottleneck64Body;

[Block, Conv2d(256, 1, Bias = false), BatchNorm2d]
class Projection64;

[Block, Sum<Bottleneck64FirstBody, Projection64>, ReLU]
class Bottleneck64First;

[Block, Residual<Bottleneck64Body>, ReLU]
class Bottleneck64;

[Block, Conv2d(128, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 1, Bias = false), BatchNorm2d]
class Bottleneck128FirstBody;

[Block, Conv2d(128, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 1, Bias = false), BatchNorm2d]
class Bottleneck128Body;

[Block, Conv2d(512, 1, Stride = 2, Bias = false), BatchNorm2d]
class Projection128;

[Block, Sum<Bottleneck128FirstBody, Projection128>, ReLU]
class Bottleneck128First;

[Block, Residual<Bottleneck128Body>, ReLU]
class Bottleneck128;

[Block, Conv2d(256, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(1024, 1, Bias = false), BatchNorm2d]
class Bottleneck256FirstBody;

[Block, Conv2d(256, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(1024, 1, Bias = false), BatchNorm2d]
class Bottleneck256Body;

[Block, Conv2d(1024, 1, Stride = 2, Bias = false), BatchNorm2d]
class Projection256;

[Block, Sum<Bottleneck256FirstBody, Projection256>, ReLU]
class Bottleneck256First;

[Block, Residual<Bottleneck256Body>, ReLU]
class Bottleneck256;

[Block, Conv2d(512, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(2048, 1, Bias = false), BatchNorm2d]
class Bottleneck512FirstBody;

[Block, Conv2d(512, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(2048, 1, Bias = false), BatchNorm2d]
class Bottleneck512Body;

[Block, Conv2d(2048, 1, Stride = 2, Bias = false), BatchNorm2d]
class Projection512;

[Block, Sum<Bottleneck512FirstBody, Projection512>, ReLU]
class Bottleneck512First;

[Block, Residual<Bottleneck512Body>, ReLU]
class Bottleneck512;

/// <summary>ResNet-50.</summary>
[Network(3, 224, 224), Conv2d(64, 7, Stride = 2, Padding = 3, Bias = false), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 2, Padding = 1)]
[Sequential<Bottleneck64First>, Repeat<Bottleneck64>(2), Sequential<Bottleneck128First>, Repeat<Bottleneck128>(3), Sequential<Bottleneck256First>, Repeat<Bottleneck256>(5), Sequential<Bottleneck512First>, Repeat<Bottleneck512>(2)]
[GlobalAvgPool2d, Flatten, Linear(1000), CrossEntropyLoss]
partial class ResNet50;

[Block, BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 3, Padding = 1, Bias = false)]
class PreActBody;

[Block, Residual<PreActBody>]
class PreAct;

/// <summary>A pre-activation ResNet.</summary>
[Network(3, 32, 32), Conv2d(64, 3, Padding = 1, Bias = false), Repeat<PreAct>(9), BatchNorm2d, ReLU, GlobalAvgPool2d, Flatten, Linear(10), CrossEntropyLoss]
partial class PreActResNet;

[Block, BatchNorm2d, ReLU, Conv2d(160, 3, Padding = 1, Bias = false), Dropout(0.3), BatchNorm2d, ReLU, Conv2d(160, 3, Padding = 1, Bias = false)]
class WideBody;

[Block, Residual<WideBody>]
class WideResidual;

/// <summary>A wide ResNet with its dropout between the convolutions.</summary>
[Network(3, 32, 32), Conv2d(160, 3, Padding = 1, Bias = false), Repeat<WideResidual>(4), BatchNorm2d, ReLU, AvgPool2d(8), Flatten, Linear(10), CrossEntropyLoss]
partial class WideResNet;

[Block, Conv2d(128, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 3, Padding = 1, Groups = 32, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 1, Bias = false), BatchNorm2d]
class ResNeXtBody;

[Block, Residual<ResNeXtBody>, ReLU]
class ResNeXtBlock;

/// <summary>ResNeXt, a stage.</summary>
[Network(3, 32, 32), Conv2d(256, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Repeat<ResNeXtBlock>(3), GlobalAvgPool2d, Flatten, Linear(100), CrossEntropyLoss]
partial class ResNeXt;

/// <summary>MobileNet V1.</summary>
[Network(3, 224, 224), Conv2d(32, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(32, 3, Padding = 1, Groups = 32, Bias = false), BatchNorm2d, ReLU, Conv2d(64, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(64, 3, Stride = 2, Padding = 1, Groups = 64, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(128, 3, Padding = 1, Groups = 128, Bias = false), BatchNorm2d, ReLU, Conv2d(128, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(128, 3, Stride = 2, Padding = 1, Groups = 128, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(256, 3, Padding = 1, Groups = 256, Bias = false), BatchNorm2d, ReLU, Conv2d(256, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(256, 3, Stride = 2, Padding = 1, Groups = 256, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(512, 3, Padding = 1, Groups = 512, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(512, 3, Padding = 1, Groups = 512, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(512, 3, Padding = 1, Groups = 512, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(512, 3, Padding = 1, Groups = 512, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(512, 3, Padding = 1, Groups = 512, Bias = false), BatchNorm2d, ReLU, Conv2d(512, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(512, 3, Stride = 2, Padding = 1, Groups = 512, Bias = false), BatchNorm2d, ReLU, Conv2d(1024, 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(1024, 3, Padding = 1, Groups = 1024, Bias = false), BatchNorm2d, ReLU, Conv2d(1024, 1, Bias = false), BatchNorm2d, ReLU]
[GlobalAvgPool2d, Flatten, Dropout(0.001), Linear(1000), CrossEntropyLoss]
partial class MobileNetV1;

[Block, Conv2d(144, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(144, 3, Padding = 1, Groups = 144, Bias = false), BatchNorm2d, ReLU, Conv2d(24, 1, Bias = false), BatchNorm2d]
class InvertedBody;

[Block, Residual<InvertedBody>]
class Inverted;

/// <summary>MobileNet V2, inverted residuals with linear bottlenecks.</summary>
[Network(3, 64, 64), Conv2d(32, 3, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, ReLU]
[Conv2d(32, 3, Padding = 1, Groups = 32, Bias = false), BatchNorm2d, ReLU, Conv2d(16, 1, Bias = false), BatchNorm2d]
[Conv2d(96, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(96, 3, Stride = 2, Padding = 1, Groups = 96, Bias = false), BatchNorm2d, ReLU, Conv2d(24, 1, Bias = false), BatchNorm2d]
[Repeat<Inverted>(2), Conv2d(320, 1, Bias = false), BatchNorm2d, ReLU, GlobalAvgPool2d, Flatten, Dropout(0.2), Linear(100), CrossEntropyLoss]
partial class MobileNetV2;

[Block, Conv2d(96, 7, Padding = 3, Groups = 96), LayerNorm, Conv2d(384, 1), GELU, Conv2d(96, 1)]
class ConvNeXtBody;

[Block, Residual<ConvNeXtBody>]
class ConvNeXtBlock;

/// <summary>ConvNeXt, a stage.</summary>
[Network(3, 64, 64), Conv2d(96, 4, Stride = 4), LayerNorm, Repeat<ConvNeXtBlock>(3), GlobalAvgPool2d, Flatten, LayerNorm, Linear(100), CrossEntropyLoss]
partial class ConvNeXt;

[Block, Conv2d(64, 1, Init = Init.XavierUniform), ReLU]
class InceptionA1;

[Block, Conv2d(96, 1, Init = Init.XavierUniform), ReLU, Conv2d(128, 3, Padding = 1, Init = Init.XavierUniform), ReLU]
class InceptionA3;

[Block, Conv2d(16, 1, Init = Init.XavierUniform), ReLU, Conv2d(32, 5, Padding = 2, Init = Init.XavierUniform), ReLU]
class InceptionA5;

[Block, MaxPool2d(3, Stride = 1, Padding = 1), Conv2d(32, 1, Init = Init.XavierUniform), ReLU]
class InceptionAPool;

[Block, Conv2d(128, 1, Init = Init.XavierUniform), ReLU]
class InceptionB1;

[Block, Conv2d(128, 1, Init = Init.XavierUniform), ReLU, Conv2d(192, 3, Padding = 1, Init = Init.XavierUniform), ReLU]
class InceptionB3;

[Block, Conv2d(32, 1, Init = Init.XavierUniform), ReLU, Conv2d(96, 5, Padding = 2, Init = Init.XavierUniform), ReLU]
class InceptionB5;

[Block, MaxPool2d(3, Stride = 1, Padding = 1), Conv2d(64, 1, Init = Init.XavierUniform), ReLU]
class InceptionBPool;

/// <summary>GoogLeNet to its second module.</summary>
[Network(3, 224, 224), Conv2d(64, 7, Stride = 2, Padding = 3, Init = Init.XavierUniform), ReLU, MaxPool2d(3, Stride = 2, CeilMode = true), Conv2d(64, 1, Init = Init.XavierUniform), ReLU, Conv2d(192, 3, Padding = 1, Init = Init.XavierUniform), ReLU, MaxPool2d(3, Stride = 2, CeilMode = true)]
[Concat<InceptionA1, InceptionA3, InceptionA5, InceptionAPool>, Concat<InceptionB1, InceptionB3, InceptionB5, InceptionBPool>]
[GlobalAvgPool2d, Flatten, Dropout(0.4), Linear(1000, Init = Init.XavierUniform), CrossEntropyLoss]
partial class GoogLeNet;

[Block, BatchNorm2d, ReLU, Conv2d(48, 1, Bias = false), BatchNorm2d, ReLU, Conv2d(12, 3, Padding = 1, Bias = false)]
class DenseLayer;

[Block, Concat<Identity, DenseLayer>]
class DenseStep;

/// <summary>DenseNet with bottlenecks, three blocks.</summary>
[Network(3, 32, 32), Conv2d(24, 3, Padding = 1, Bias = false), Repeat<DenseStep>(6), BatchNorm2d, ReLU, Conv2d(48, 1, Bias = false), AvgPool2d(2), Repeat<DenseStep>(6), BatchNorm2d, ReLU, Conv2d(60, 1, Bias = false), AvgPool2d(2), Repeat<DenseStep>(6)]
[BatchNorm2d, ReLU, GlobalAvgPool2d, Flatten, Linear(10), CrossEntropyLoss]
partial class DenseNet;

/// <summary>The contracting half of U-Net.</summary>
[Network(1, 128, 128), Conv2d(64, 3, Padding = 1, Init = Init.KaimingNormal), ReLU, Conv2d(64, 3, Padding = 1, Init = Init.KaimingNormal), ReLU, MaxPool2d(2), Conv2d(128, 3, Padding = 1, Init = Init.KaimingNormal), ReLU, Conv2d(128, 3, Padding = 1, Init = Init.KaimingNormal), ReLU, MaxPool2d(2), Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal), ReLU, Conv2d(256, 3, Padding = 1, Init = Init.KaimingNormal), ReLU, MaxPool2d(2), Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal), ReLU, Conv2d(512, 3, Padding = 1, Init = Init.KaimingNormal), ReLU]
partial class UNetEncoder;

[Block, Conv2d(32, 3, Padding = 1), ReLU, Conv2d(32, 3, Padding = 2, Dilation = 2), ReLU, Conv2d(32, 3, Padding = 4, Dilation = 4), ReLU, Conv2d(32, 1)]
class ContextBody;

/// <summary>A segmentation of each pixel with dilated convolutions.</summary>
[Network(3, 64, 64), Conv2d(32, 3, Padding = 1), ReLU, Residual<ContextBody>, ReLU, Conv2d(1, 1), BCEWithLogitsLoss]
partial class DilatedSegmentation;

/// <summary>SRCNN, super-resolution.</summary>
[Network(1, 33, 33), Conv2d(64, 9, Padding = 4), ReLU, Conv2d(32, 1), ReLU, Conv2d(1, 5, Padding = 2), MSELoss]
partial class Srcnn;

[Block, Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU]
class DenoisingLayer;

[Block, Conv2d(64, 3, Padding = 1), ReLU, Repeat<DenoisingLayer>(5), Conv2d(1, 3, Padding = 1, Bias = false)]
class DenoisingBody;

/// <summary>DnCNN, which learns the noise.</summary>
[Network(1, 40, 40), Residual<DenoisingBody>, MSELoss]
partial class DenoisingCnn;

/// <summary>The autoencoder of the Keras blog: pixels as labels.</summary>
[Network(784), Linear(32), ReLU, Linear(784), BCEWithLogitsLoss]
partial class AutoencoderKeras;

/// <summary>The same with a sigmoid and a squared error.</summary>
[TargetRange(0, 1)]
[Network(784), Linear(128), ReLU, Linear(64), ReLU, Linear(32), ReLU, Linear(64), ReLU, Linear(128), ReLU, Linear(784), Sigmoid, MSELoss]
partial class AutoencoderSigmoid;

/// <summary>The autoencoder of Hinton and Salakhutdinov, with its linear code.</summary>
[Network(784), Linear(512), ReLU, Linear(256), ReLU, Linear(30), Linear(256), ReLU, Linear(512), ReLU, Linear(784), BCEWithLogitsLoss]
partial class DeepAutoencoder;

/// <summary>A denoising autoencoder of features.</summary>
[Network(200), Dropout(0.2), Linear(100), ReLU, Linear(200), MSELoss]
partial class DenoisingAutoencoder;

/// <summary>A convolutional encoder with a linear decoder.</summary>
[Network(1, 28, 28), Conv2d(16, 3, Stride = 2, Padding = 1), ReLU, Conv2d(32, 3, Stride = 2, Padding = 1), ReLU, Flatten, Linear(32), ReLU, Linear(784), BCEWithLogitsLoss]
partial class ConvAutoencoder;

/// <summary>An anomaly detector of cardiograms, TensorFlow.</summary>
[TargetRange(0, 1)]
[Network(140), Linear(32), ReLU, Linear(16), ReLU, Linear(8), ReLU, Linear(16), ReLU, Linear(32), ReLU, Linear(140), Sigmoid, L1Loss]
partial class AnomalyDetector;

/// <summary>DQN of Nature 2015.</summary>
[Network(4, 84, 84), Conv2d(32, 8, Stride = 4), ReLU, Conv2d(64, 4, Stride = 2), ReLU, Conv2d(64, 3), ReLU, Flatten, Linear(512), ReLU, Linear(18), HuberLoss]
partial class Dqn;

/// <summary>CartPole, PyTorch.</summary>
[Network(4), Linear(128), ReLU, Linear(128), ReLU, Linear(2), HuberLoss]
partial class CartPoleDqn;

/// <summary>REINFORCE, PyTorch: probabilities of actions, trained with a gradient of its own.</summary>
[Network(4), Linear(128), Dropout(0.6), ReLU, Linear(2), Softmax]
partial class PolicyGradient;

[Block, Linear(4), Softmax]
class PolicyHead;

[Block, Linear(1)]
class ValueHead;

/// <summary>Actor and critic on one trunk.</summary>
[Network(8), Linear(128), ReLU, Concat<PolicyHead, ValueHead>]
partial class ActorCritic;

/// <summary>The actor of DDPG.</summary>
[Network(24), Linear(400), ReLU, Linear(300), ReLU, Linear(4), Tanh]
partial class DdpgActor;

/// <summary>The critic of DDPG.</summary>
[TargetRange]
[Network(28), Linear(400), ReLU, Linear(300), ReLU, Linear(1), MSELoss]
partial class DdpgCritic;

[Block, Linear(6), Tanh, Exp]
class DeviationHead;

[Block, Linear(6), Tanh]
class MeanHead;

/// <summary>A Gaussian policy.</summary>
[Network(17), Linear(64), Tanh, Linear(64), Tanh, Concat<MeanHead, DeviationHead>]
partial class GaussianPolicy;

[Block, Linear(128), ReLU, Linear(4)]
class DuelValue;

[Block, Linear(128), ReLU, Linear(4)]
class DuelAdvantage;

/// <summary>A duelling head.</summary>
[Network(64), Linear(128), ReLU, Sum<DuelValue, DuelAdvantage>, HuberLoss]
partial class DuelingDqn;

/// <summary>AlphaZero, the heads apart: its policy.</summary>
[Network(17, 8, 8), Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Repeat<Basic64>(5), Conv2d(2, 1, Bias = false), BatchNorm2d, ReLU, Flatten, Linear(64), CrossEntropyLoss]
partial class AlphaZeroPolicy;

/// <summary>And its value, from -1 to 1.</summary>
[TargetRange(-1, 1)]
[Network(17, 8, 8), Conv2d(64, 3, Padding = 1, Bias = false), BatchNorm2d, ReLU, Repeat<Basic64>(5), Conv2d(1, 1, Bias = false), BatchNorm2d, ReLU, Flatten, Linear(256), ReLU, Linear(1), Tanh, MSELoss]
partial class AlphaZeroValue;

/// <summary>Text as characters (Zhang et al. 2015).</summary>
[Network(70, 1014), Conv1d(256, 7), ReLU, MaxPool1d(3), Conv1d(256, 7), ReLU, MaxPool1d(3), Conv1d(256, 3), ReLU, Conv1d(256, 3), ReLU, Conv1d(256, 3), ReLU, Conv1d(256, 3), ReLU, MaxPool1d(3), Flatten, Linear(1024), ReLU, Dropout, Linear(1024), ReLU, Dropout, Linear(4), CrossEntropyLoss]
partial class CharCnn;

[Block, Conv1d(100, 3), ReLU, GlobalMaxPool1d]
class Words3;

[Block, Conv1d(100, 4), ReLU, GlobalMaxPool1d]
class Words4;

[Block, Conv1d(100, 5), ReLU, GlobalMaxPool1d]
class Words5;

/// <summary>Sentences from word vectors (Kim 2014).</summary>
[Network(300, 50), Concat<Words3, Words4, Words5>, Flatten, Dropout, Linear(2), CrossEntropyLoss]
partial class SentenceCnn;

[Block, Conv1d(32, 3, Padding = 1), ReLU, Conv1d(32, 1)]
class Dilated1Body;

[Block, Conv1d(32, 3, Padding = 2, Dilation = 2), ReLU, Conv1d(32, 1)]
class Dilated2Body;

[Block, Conv1d(32, 3, Padding = 4, Dilation = 4), ReLU, Conv1d(32, 1)]
class Dilated4Body;

[Block, Conv1d(32, 3, Padding = 8, Dilation = 8), ReLU, Conv1d(32, 1)]
class Dilated8Body;

/// <summary>WaveNet-like: dilated residual layers.</summary>
[Network(1, 1024), Conv1d(32, 3, Padding = 1), Residual<Dilated1Body>, Residual<Dilated2Body>, Residual<Dilated4Body>, Residual<Dilated8Body>, ReLU, Conv1d(64, 1), ReLU, Conv1d(1, 1), MSELoss]
partial class WaveNetLike;

[Block, Conv1d(25, 7, Padding = 3), ReLU, Dropout(0.05), Conv1d(25, 7, Padding = 3), ReLU, Dropout(0.05)]
class TcnBody;

/// <summary>A temporal convolutional network.</summary>
[Network(25, 200), Residual<TcnBody>, ReLU, Residual<TcnBody>, ReLU, Flatten, Linear(10), CrossEntropyLoss]
partial class TemporalConvNet;

/// <summary>Keywords in speech (Sainath and Parada 2015).</summary>
[Network(1, 98, 40), Conv2d(64, 20, 8, Padding = 3), ReLU, Dropout, MaxPool2d(2), Conv2d(64, 10, 4), ReLU, Dropout, Flatten, Linear(12), CrossEntropyLoss]
partial class KeywordSpotting;

/// <summary>Heartbeats.</summary>
[Network(1, 187), Conv1d(32, 5), ReLU, MaxPool1d(5, Stride = 2), Conv1d(32, 5), ReLU, MaxPool1d(5, Stride = 2), Flatten, Linear(32), ReLU, Linear(5), CrossEntropyLoss]
partial class EcgCnn;

/// <summary>Activity from a phone.</summary>
[Network(9, 128), Conv1d(64, 3), ReLU, Conv1d(64, 3), ReLU, Dropout, MaxPool1d(2), Flatten, Linear(100), ReLU, Linear(6), CrossEntropyLoss]
partial class ActivityCnn;

/// <summary>A fully convolutional classifier of time series (Wang et al. 2017).</summary>
[Network(1, 140), Conv1d(128, 8, Padding = 4, Bias = false), BatchNorm1d, ReLU, Conv1d(256, 5, Padding = 2, Bias = false), BatchNorm1d, ReLU, Conv1d(128, 3, Padding = 1, Bias = false), BatchNorm1d, ReLU, GlobalAvgPool1d, Flatten, Linear(2), CrossEntropyLoss]
partial class TimeSeriesFcn;

/// <summary>M5 for raw sound.</summary>
[Network(1, 8000), Conv1d(32, 80, Stride = 16, Bias = false), BatchNorm1d, ReLU, MaxPool1d(4), Conv1d(32, 3, Bias = false), BatchNorm1d, ReLU, MaxPool1d(4), Conv1d(64, 3, Bias = false), BatchNorm1d, ReLU, MaxPool1d(4), Conv1d(64, 3, Bias = false), BatchNorm1d, ReLU, GlobalAvgPool1d, Flatten, Linear(35), CrossEntropyLoss]
partial class SoundM5;

/// <summary>The discriminator of DCGAN.</summary>
[Network(3, 64, 64), Conv2d(64, 4, Stride = 2, Padding = 1, Bias = false), LeakyReLU(0.2), Conv2d(128, 4, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, LeakyReLU(0.2), Conv2d(256, 4, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, LeakyReLU(0.2), Conv2d(512, 4, Stride = 2, Padding = 1, Bias = false), BatchNorm2d, LeakyReLU(0.2), Conv2d(1, 4, Bias = false), Flatten, BCEWithLogitsLoss]
partial class DcganDiscriminator;

/// <summary>The generator of the first GAN.</summary>
[Network(100), Linear(256), LeakyReLU(0.2), Linear(512), LeakyReLU(0.2), Linear(1024), LeakyReLU(0.2), Linear(784), Tanh]
partial class GanGenerator;

/// <summary>The decoder of a variational autoencoder.</summary>
[Network(20), Linear(400), ReLU, Linear(784), BCEWithLogitsLoss]
partial class VaeDecoder;

/// <summary>A feed-forward part of a transformer, before its norm.</summary>
[Network(128), Residual<FeedForwardBody>, LayerNorm]
partial class FeedForward;

[Block, LayerNorm, Linear(512), GELU, Linear(128)]
class FeedForwardBody;

/// <summary>PilotNet, the angle of a steering wheel.</summary>
[Network(3, 66, 200), BatchNorm2d, Conv2d(24, 5, Stride = 2, Init = Init.XavierUniform), ReLU, Conv2d(36, 5, Stride = 2, Init = Init.XavierUniform), ReLU, Conv2d(48, 5, Stride = 2, Init = Init.XavierUniform), ReLU, Conv2d(64, 3, Init = Init.XavierUniform), ReLU, Conv2d(64, 3, Init = Init.XavierUniform), ReLU, Flatten, Linear(100, Init = Init.XavierUniform), ReLU, Linear(50, Init = Init.XavierUniform), ReLU, Linear(10, Init = Init.XavierUniform), ReLU, Linear(1, Init = Init.XavierUniform), MSELoss]
partial class PilotNet;

/// <summary>Facial keypoints.</summary>
[Network(1, 96, 96), Conv2d(32, 3), ReLU, MaxPool2d(2), Conv2d(64, 2), ReLU, MaxPool2d(2), Conv2d(128, 2), ReLU, MaxPool2d(2), Flatten, Linear(500), ReLU, Linear(500), ReLU, Linear(30), MSELoss]
partial class FacialKeypoints;
