"""PyTorch's side of the benchmark: answers one JSON command a line on stdin with one JSON line on stdout, and sleeps in between.

The argument is the number of threads. A network is a list of layers, {"kind": "Conv2d", "arguments": [6, 5], "options": {"Padding": 1}}:
the attributes of its declaration. The "blocks" of a composition are lists of layers in turn."""
import gc
import json
import sys
import time

try:
    import torch
    from torch import nn
except Exception as error:  # a broken installation can raise more than ImportError
    print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
    sys.exit(0)


def sizes(options, name, default):
    """`Stride = 2` is one number for every dimension, `StrideHW = [2, 1]` are height and width."""
    return options.get(name + "HW", options.get(name, default))


def rectangle(arguments):
    """One size for every dimension, or height and width; a size of 0 was not given."""
    given = [size for size in arguments if size > 0]
    return given if len(given) > 1 else given[0]


def convolution(module):
    def make(shape, options, channels, *kernel):
        kernel = rectangle(kernel)
        dilation = sizes(options, "Dilation", 1)
        return module(
            shape[1], channels, kernel,
            stride=sizes(options, "Stride", 1),
            padding=same(kernel, dilation) if options.get("SamePadding") else sizes(options, "Padding", 0),
            dilation=dilation,
            groups=options.get("Groups", 1),
            bias=options.get("Bias", True),
        )

    return make


def same(kernel, dilation):
    """PyTorch's "same" as numbers, which the export to ONNX needs; for windows with a centre."""
    reach = torch.tensor(dilation) * (torch.tensor(kernel) - 1)
    if (reach % 2).any():
        raise ValueError(f"a window of {kernel}, dilated by {dilation}, has no centre")
    return (reach // 2).tolist()


def pool(module, **options_of_its_own):
    def make(shape, options, *kernel):
        window = rectangle(kernel)
        stride = sizes(options, "Stride", 0)
        return module(
            window,
            stride=stride if stride not in (0, [0, 0]) else window,
            padding=sizes(options, "Padding", 0),
            ceil_mode=options.get("CeilMode", False),
            **{name: options[key] for name, key in options_of_its_own.items() if key in options},
        )

    return make


def plain(module):
    """A layer whose arguments are PyTorch's."""
    return lambda shape, options, *arguments: module(*arguments)


LAYERS = {
    "Linear": lambda shape, options, units: nn.Linear(shape[1], units, bias=options.get("Bias", True)),
    "Conv1d": convolution(nn.Conv1d),
    "Conv2d": convolution(nn.Conv2d),
    "MaxPool1d": pool(nn.MaxPool1d),
    "MaxPool2d": pool(nn.MaxPool2d),
    "AvgPool1d": pool(nn.AvgPool1d, count_include_pad="CountIncludePad"),
    "AvgPool2d": pool(nn.AvgPool2d, count_include_pad="CountIncludePad"),
    "AdaptiveAvgPool1d": plain(nn.AdaptiveAvgPool1d),
    "AdaptiveAvgPool2d": lambda shape, options, *grid: nn.AdaptiveAvgPool2d(rectangle(grid)),
    "AdaptiveMaxPool1d": plain(nn.AdaptiveMaxPool1d),
    "AdaptiveMaxPool2d": lambda shape, options, *grid: nn.AdaptiveMaxPool2d(rectangle(grid)),
    "GlobalAvgPool1d": lambda shape, options: nn.AdaptiveAvgPool1d(1),
    "GlobalAvgPool2d": lambda shape, options: nn.AdaptiveAvgPool2d(1),
    "GlobalMaxPool1d": lambda shape, options: nn.AdaptiveMaxPool1d(1),
    "GlobalMaxPool2d": lambda shape, options: nn.AdaptiveMaxPool2d(1),
    "Flatten": plain(nn.Flatten),
    "Dropout": plain(nn.Dropout),
    "ReLU": plain(nn.ReLU),
    "LeakyReLU": plain(nn.LeakyReLU),
    "Sigmoid": plain(nn.Sigmoid),
    "Tanh": plain(nn.Tanh),
    "GELU": lambda shape, options: nn.GELU("tanh" if options.get("Approximate") else "none"),
    "SiLU": plain(nn.SiLU),
    "Softplus": plain(nn.Softplus),
    "ELU": plain(nn.ELU),
    "Softmax": lambda shape, options: nn.Softmax(dim=1),
}


class Residual(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return self.body(x) + x


class Sum(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return sum(branch(x) for branch in self.branches)


class Concat(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)


LOSSES = {
    "MSELoss": nn.MSELoss,
    "CrossEntropyLoss": nn.CrossEntropyLoss,
    "HalfSquaredErrorLoss": lambda: lambda y, t: 0.5 * (y - t).square().sum() / len(y),
}


def multiply_accumulates(layer, y):
    """Of one sample, from the layer's output."""
    return y[0].numel() * layer.weight[0].numel() if isinstance(layer, (nn.Linear, nn.Conv1d, nn.Conv2d)) else 0


def sequence(layers, x, counts):
    """The layers one behind the other, and what they make of x; counts gets the multiply-accumulates of each, and 0 where branches meet."""
    modules = []
    for layer in layers:
        module, x = make(layer, x, counts)
        modules.append(module)
    return nn.Sequential(*modules), x


def make(layer, x, counts):
    kind, arguments, options = layer["kind"], layer["arguments"], layer["options"]
    if kind in LAYERS:
        module = LAYERS[kind](x.shape, options, *arguments)
        y = module(x)
        counts.append(multiply_accumulates(module, y))
        return module, y

    blocks = layer["blocks"] * (arguments[0] if arguments else 1)
    if kind == "Repeat":
        modules = []
        for block in blocks:
            module, x = sequence(block, x, counts)
            modules.append(module)
        return nn.Sequential(*modules), x

    branches = [sequence(block, x, counts)[0] for block in blocks]
    if kind == "Parallel":
        kind = "Concat" if options.get("Merge") else "Sum"
    module = {"Residual": Residual, "Sum": Sum, "Concat": Concat}[kind](*branches)
    if kind == "Residual" or len(branches) > 1:
        counts.append(0)
    return module, module(x)


class Workload:
    def __init__(self, shape, layers, loss, batch):
        torch.manual_seed(0)
        self.batch = batch
        self.shapes = []  # of each layer's input and the network's output
        self.multiply_accumulates = []
        modules = []
        x = torch.zeros(1, *shape)
        with torch.no_grad():
            for layer in layers:
                self.shapes.append(x.shape[1:])
                module, x = make(layer, x, self.multiply_accumulates)
                modules.append(module)
        self.shapes.append(x.shape[1:])
        self.model = nn.Sequential(*modules)
        self.initial = [p.detach().clone() for p in self.model.parameters()]
        self.loss = LOSSES[loss]() if loss else None
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-3)
        self.input = torch.rand(batch, *shape)
        self.target = torch.randint(x.shape[1], (batch,)) if loss == "CrossEntropyLoss" else torch.rand(batch, *x.shape[1:])

    def reset(self):
        with torch.no_grad():
            for parameter, value in zip(self.model.parameters(), self.initial):
                parameter.copy_(value)

    def train(self, iterations):
        model, loss, optimizer, x, t = self.model, self.loss, self.optimizer, self.input, self.target
        model.train()
        start = time.perf_counter()
        for _ in range(iterations):
            optimizer.zero_grad()
            loss(model(x), t).backward()
            optimizer.step()
        return time.perf_counter() - start

    def infer(self, iterations, batch=None):
        model, x = self.model, self.input[:batch]
        model.eval()
        with torch.inference_mode():
            return self.repeat(iterations, lambda: model(x))

    def infer_b1(self, iterations):
        return self.infer(iterations, 1)

    def select(self, index):
        """The layer that the timings below are of."""
        self.layer = self.model[index]
        self.layer_input = torch.rand(self.batch, *self.shapes[index])
        self.layer_gradient = torch.rand(self.batch, *self.shapes[index + 1])

    def forward(self, iterations):
        layer, x = self.layer, self.layer_input
        with torch.inference_mode():
            return self.repeat(iterations, lambda: layer(x))

    def weight_gradient(self, iterations):
        return self.gradient(iterations, True)

    def data_gradient(self, iterations):
        return self.gradient(iterations, False)

    def gradient(self, iterations, of_weight):
        """One gradient alone, the operation that autograd would call."""
        layer, x, dy = self.layer, self.layer_input, self.layer_gradient
        with torch.inference_mode():
            weight = layer.weight.detach()
            if isinstance(layer, nn.Linear):
                a, b = (dy.t(), x) if of_weight else (dy, weight)
                out = torch.empty(a.shape[0], b.shape[1])
                return self.repeat(iterations, lambda: torch.mm(a, b, out=out))
            arguments = (
                dy, x, weight, None, layer.stride, layer.padding, layer.dilation, False, [0] * (x.dim() - 2), layer.groups,
                [not of_weight, of_weight, False],
            )
            return self.repeat(iterations, lambda: torch.ops.aten.convolution_backward(*arguments))

    @staticmethod
    def repeat(iterations, call):
        start = time.perf_counter()
        for _ in range(iterations):
            call()
        return time.perf_counter() - start

    def export(self, path):
        """An ONNX file of the network's evaluation mode; the batch is the dimension "batch"."""
        self.reset()
        self.model.eval()
        batch = {0: "batch"}
        torch.onnx.export(
            self.model, self.input, path, input_names=["x"], output_names=["y"], dynamic_axes={"x": batch, "y": batch})


def blas():
    """The linear algebra library in this process; a PyTorch with its own built in shows none."""
    try:
        with open("/proc/self/maps") as maps:
            files = {line.split()[-1].rsplit("/", 1)[-1] for line in maps if "/" in line}
    except OSError:
        return "unknown"
    return ", ".join(sorted(name for name in files if "blas" in name or "libmkl" in name)) or "built in"


def main():
    workload = None
    gc.disable()
    torch.set_num_threads(int(sys.argv[1]))
    print(json.dumps({"version": torch.__version__, "blas": blas()}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        answer = {}
        if command["command"] == "build":
            workload = None  # before the next one is there, for memory's sake
            workload = Workload(command["input"], command["layers"], command["loss"], command["batch"])
            answer = {
                "parameters": sum(p.numel() for p in workload.model.parameters()),
                "multiply_accumulates": workload.multiply_accumulates,
            }
        elif command["command"] == "select":
            workload.select(command["layer"])
        elif command["command"] == "export":
            workload.export(command["path"])
        else:
            workload.reset()
            answer = {"seconds": getattr(workload, command["mode"])(command["iterations"])}
        gc.collect()
        print(json.dumps(answer), flush=True)


main()
