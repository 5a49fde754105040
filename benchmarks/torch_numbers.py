"""PyTorch's side of the comparison of numbers: answers one JSON command a line on stdin with one JSON line on stdout.

A network is a list of layers, {"kind": "Conv2d", "arguments": [6, 5], "options": {"Padding": 1}}:
the attributes of its declaration. The "blocks" of a composition are lists of layers in turn."""
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


def sequence(layers, x):
    """The layers one behind the other, and what they make of x."""
    modules = []
    for layer in layers:
        module, x = make(layer, x)
        modules.append(module)
    return nn.Sequential(*modules), x


def make(layer, x):
    kind, arguments, options = layer["kind"], layer["arguments"], layer["options"]
    if kind in LAYERS:
        module = LAYERS[kind](x.shape, options, *arguments)
        return module, module(x)

    blocks = layer["blocks"] * (arguments[0] if arguments else 1)
    if kind == "Repeat":
        modules = []
        for block in blocks:
            module, x = sequence(block, x)
            modules.append(module)
        return nn.Sequential(*modules), x

    branches = [sequence(block, x)[0] for block in blocks]
    if kind == "Parallel":
        kind = "Concat" if options.get("Merge") else "Sum"
    module = {"Residual": Residual, "Sum": Sum, "Concat": Concat}[kind](*branches)
    return module, module(x)


def network(command):
    """Takes parameters, input, gradient of the output and targets from a file, in this order, and leaves output, loss and gradients in it; all in evaluation mode."""
    batch, shape, path = command["batch"], command["input"], command["path"]
    with torch.no_grad():
        model, y = sequence(command["layers"], torch.zeros(batch, *shape))
    model.eval()
    values = torch.from_file(path, size=command["size"]).clone()

    def take(*sizes):
        nonlocal values
        count = torch.Size(sizes).numel()
        taken, values = values[:count].view(*sizes), values[count:]
        return taken

    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(take(*parameter.shape))
    x, dy = take(batch, *shape), take(*y.shape)
    target = values.long() if command["loss"] == "CrossEntropyLoss" else take(*y.shape)
    y = model(x)
    y.backward(dy)
    loss = LOSSES[command["loss"]]()(y, target)
    torch.cat([t.detach().flatten() for t in (y, loss, *(p.grad for p in model.parameters()))]).numpy().tofile(path)
    return {"names": [name for name, _ in model.named_parameters()]}


def optimizer(command):
    """Seconds of one step on parameters of such shapes, the best of some."""
    generator = torch.Generator().manual_seed(0)
    parameters = [nn.Parameter(torch.rand(shape, generator=generator)) for shape in command["shapes"]]
    for parameter in parameters:
        parameter.grad = (torch.rand(parameter.shape, generator=generator) - 0.5) * 1e-2
    options = {"momentum": command["momentum"]} if command["momentum"] else {}
    update = getattr(torch.optim, command["rule"])(parameters, lr=command["lr"], **options)

    def seconds(iterations):
        start = time.perf_counter()
        for _ in range(iterations):
            update.step()
        return (time.perf_counter() - start) / iterations

    first = seconds(3)
    return {"seconds": min(seconds(max(1, int(0.02 / first))) for _ in range(8))}


def main():
    torch.set_num_threads(1)
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps({"network": network, "optimizer": optimizer}[command["command"]](command)), flush=True)


main()
