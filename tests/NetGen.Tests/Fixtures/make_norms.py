#!/usr/bin/python3
"""Writes the fixtures of LayerNorm, RMSNorm and BatchNorm beside this file, as FORMAT.md describes them.

Needs Debian's python3-torch 1.13 and python3-numpy: /usr/bin/python3 make_norms.py
"""

import copy
import json
import math
import struct
import types
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

FOLDER = Path(__file__).parent
# A gradient this much smaller than the terms it is the sum of is compared with their magnitude.
CANCELLED = 1 / 64


# ---- The formula

def formula(tensor, shape, scale=1.0, offset=0.0):
    spec = {"tensor": tensor, "shape": list(shape), "scale": float(np.float32(scale))}
    if offset:
        spec["offset"] = float(np.float32(offset))
    return spec


def generate(seed, spec):
    count = math.prod(spec["shape"])
    with np.errstate(over="ignore"):
        z = np.uint64((seed << 56) + (spec["tensor"] << 40)) + np.arange(count, dtype=np.uint64)
        z = z + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    u = (z >> np.uint64(40)).astype(np.float64) / 2 ** 24
    return ((2 * u - 1) * spec["scale"] + spec.get("offset", 0.0)).astype(np.float32).reshape(spec["shape"])


def value(seed, spec, dtype):
    return torch.from_numpy(generate(seed, spec)).to(dtype)


# ---- The file

def numbers(tensor):
    return tensor.detach().double().numpy()


class Tensors:
    """What one pass gave in float64, beside PyTorch's float32."""

    def __init__(self, whole, samples):
        self.whole, self.samples = whole, samples
        self.stored, self.statistics, self.errors = {}, {}, {}

    def add(self, key, exact, singles, terms=0.0):
        """terms: the magnitude of what the tensor's elements are sums of."""
        exact = numbers(exact)
        largest = float(np.abs(exact).max())
        self.statistics[key] = {"shape": list(exact.shape), "sum": float(exact.sum()), "norm": float(np.sqrt((exact ** 2).sum())), "max": largest}
        if largest < terms * CANCELLED:
            largest = self.statistics[key]["magnitude"] = float(terms)
        self.errors[key] = max(float(np.abs(numbers(single) - exact).max() / largest) for single in singles)
        self.store(key, exact)

    def store(self, key, array):
        flat = np.ascontiguousarray(array).reshape(-1)
        if flat.size <= self.whole:
            self.stored[key] = np.asarray(array)
            return
        places = np.unique(np.linspace(0, flat.size - 1, self.samples).astype(np.int64) + np.arange(self.samples) % 7 - 3)
        places = places[(places >= 0) & (places < flat.size)]
        self.stored[key + "@index"], self.stored[key + "@value"] = places, flat[places]

    def metadata(self):
        return {"statistics": self.statistics, "torch_float32_error": self.errors}


def write(name, metadata, stored):
    header, data = {"__metadata__": {"name": name, **{k: v if isinstance(v, str) else json.dumps(v, separators=(",", ":")) for k, v in metadata.items()}}}, []
    end = 0
    for key, array in stored.items():
        array = np.asarray(array)
        kind = {"float64": "F64", "int64": "I64"}[str(array.dtype)]
        start, end = end, end + array.nbytes
        header[key] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [start, end]}
        data.append(array.tobytes())
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = FOLDER / (name + ".safetensors")
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


# ---- Precisions

def batch_norm_by_definition(self, x):
    dims = [d for d in range(x.dim()) if d != 1]
    shape = [1, -1] + [1] * (x.dim() - 2)
    mean, variance = self.running_mean.reshape(shape), self.running_var.reshape(shape)
    if self.training:
        count = x.numel() // x.shape[1]
        mean = x.mean(dims, keepdim=True)
        variance = ((x - mean) ** 2).mean(dims, keepdim=True)
        with torch.no_grad():
            self.num_batches_tracked += 1
            share = 1 / self.num_batches_tracked.item() if self.momentum is None else self.momentum
            self.running_mean.lerp_(mean.flatten(), share)
            self.running_var.lerp_(variance.flatten() * (count / (count - 1)), share)
    y = (x - mean) / (variance + self.eps).sqrt()
    return y * self.weight.reshape(shape) + self.bias.reshape(shape) if self.affine else y


def precisions(module):
    """float64, float32, and float32 throughout: PyTorch's own BatchNorm sums its float32 in float64 on the CPU."""
    yield copy.deepcopy(module).to(torch.float64), torch.float64
    yield copy.deepcopy(module).to(torch.float32), torch.float32
    plain = copy.deepcopy(module).to(torch.float32)
    norms = [m for m in plain.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    for norm in norms:
        norm.forward = types.MethodType(batch_norm_by_definition, norm)
    if norms:
        yield plain, torch.float32


# ---- Single layers: the output and the gradients of sum(output * output_gradient)

class WeightOnly(nn.Module):
    """LayerNorm without a bias, which nn.LayerNorm offers from PyTorch 2.1 on."""

    def __init__(self, normalized_shape, eps):
        super().__init__()
        self.normalized_shape, self.eps = normalized_shape, eps
        self.weight = nn.Parameter(torch.ones(normalized_shape))

    def forward(self, x):
        return F.layer_norm(x, self.normalized_shape, self.weight, None, self.eps)


class RMSNorm(nn.Module):
    """nn.RMSNorm, which PyTorch offers from 2.4 on, by its formula."""

    def __init__(self, normalized_shape, eps=torch.finfo(torch.float32).eps, affine=True):
        super().__init__()
        self.dims, self.eps = tuple(range(-len(normalized_shape), 0)), eps
        self.weight = nn.Parameter(torch.ones(normalized_shape)) if affine else None

    def forward(self, x):
        y = x / (x.pow(2).mean(self.dims, keepdim=True) + self.eps).sqrt()
        return y if self.weight is None else y * self.weight


class Layers:
    """A file of many layers, each a case of its own."""

    def __init__(self, name, note, seed):
        self.name, self.note, self.seed = name, note, seed
        self.tensor = 0
        self.cases, self.stored = {}, {}

    def formula(self, shape, scale=1.0, offset=0.0):
        self.tensor += 1
        return formula(self.tensor, shape, scale, offset)

    def add(self, name, module, shape, options, groups, training=True, scale=1.0, offset=0.0, tracked=0):
        """groups: x -> (the statistics' dimensions, the shape of the parameters against x)."""
        case = {"seed": self.seed, **options, "input": self.formula(shape, scale, offset), "output_gradient": self.formula(shape)}
        case["parameters"] = {key: self.formula(p.shape, 0.5, 1.0 if key == "weight" else 0.0) for key, p in module.named_parameters()}
        case["buffers"] = {key: self.buffer(key, b, tracked) for key, b in module.named_buffers()}
        if not case["buffers"]:
            del case["buffers"]
        exact, *singles = [self.run(copied.train(training), case, dtype) for copied, dtype in precisions(module)]

        x, vector = value(self.seed, case["input"], torch.float64), value(self.seed, case["output_gradient"], torch.float64)
        dims, parameter_shape = groups
        variance = x.var(dims, unbiased=False, keepdim=True) if options.get("is_centred", True) else x.pow(2).mean(dims, keepdim=True)
        if not training:
            variance = value(self.seed, case["buffers"]["running_var"], torch.float64).reshape(parameter_shape)
        weight = value(self.seed, case["parameters"]["weight"], torch.float64).reshape(parameter_shape) if "weight" in case["parameters"] else 1.0
        terms = {
            "output": 1.0 if "bias" not in case["parameters"] else 0.0,
            "grad.input": (vector * weight / (variance + options["eps"]).sqrt()).abs().max().item(),
            "grad.weight": vector.abs().max().item(),
        }
        tensors = Tensors(whole=512, samples=256)
        for key in exact:
            if key == "num_batches_tracked":
                tensors.stored[key] = exact[key].numpy()
            else:
                tensors.add(key, exact[key], [single[key] for single in singles], terms.get(key, 0.0))
        assert name not in self.cases
        self.cases[name] = {**case, **tensors.metadata()}
        self.stored.update({f"{name}/{key}": array for key, array in tensors.stored.items()})

    def buffer(self, key, tensor, tracked):
        if key == "num_batches_tracked":
            return self.formula([], 0.0, tracked)
        return self.formula(tensor.shape, 0.5, 1.0 if key == "running_var" else 0.0)

    def run(self, module, case, dtype):
        load(module, self.seed, {**case["parameters"], **case.get("buffers", {})})
        x = value(self.seed, case["input"], dtype).requires_grad_()
        y = module(x)
        y.backward(value(self.seed, case["output_gradient"], dtype))
        result = {"output": y, "grad.input": x.grad, **{"grad." + key: p.grad for key, p in module.named_parameters()}}
        if module.training:
            result.update(dict(module.named_buffers()))
        return result

    def write(self):
        write(self.name, {"note": self.note, "cases": self.cases}, self.stored)


def load(module, seed, specs):
    with torch.no_grad():
        state = dict([*module.named_parameters(), *module.named_buffers()])
        assert state.keys() == specs.keys()
        for key, tensor in state.items():
            tensor.copy_(value(seed, specs[key], tensor.dtype))


def layer_norms():
    file = Layers("layer-norm", "LayerNorm: outputs, gradients of sum(output * output_gradient)", 21)

    def add(batch, sample, dimensions, form="affine", eps=1e-5, suffix="", **inputs):
        normalized = sample[len(sample) - dimensions:]
        module = WeightOnly(normalized, eps) if form == "weight" else nn.LayerNorm(normalized, eps, form == "affine")
        name = f"{'x'.join(map(str, sample))}-last{dimensions}-batch{batch}-{form}-eps{eps:g}{suffix}"
        dims = tuple(range(-dimensions, 0))
        file.add(name, module, [batch, *sample], {"normalized_shape": normalized, "eps": eps}, (dims, normalized), **inputs)

    for n, width in enumerate([1, 2, 3, 5, 16, 17, 33, 100]):
        add([7, 65, 2, 1, 3, 64, 5, 4][n], [width], 1)
        add([1, 3, 64, 7, 65, 2, 1, 9][n], [width], 1, "plain", 0.1 if n % 2 else 1e-5)
        add([2, 1, 7, 33, 1, 17, 8, 65][n], [width], 1, "affine", 0.1)
    for width in [3, 17, 100]:
        add(5, [width], 1, "weight")
    for n, sample in enumerate([[1, 1], [1, 7], [5, 1], [3, 5], [4, 16], [16, 17], [5, 33]]):
        batch = [2, 65, 7, 1, 3, 2, 64][n]
        add(batch, sample, 1, ["affine", "plain", "weight"][n % 3])
        add(batch, sample, 2, ["affine", "affine", "plain"][n % 3], 0.1 if n % 2 else 1e-5)
    for n, sample in enumerate([[1, 1, 5], [3, 4, 5], [5, 1, 1], [8, 7, 9], [3, 16, 17], [17, 2, 3], [2, 8, 33]]):
        batch = [3, 2, 33, 1, 2, 65, 1][n]
        for dimensions in (1, 2, 3):
            add(batch, sample, dimensions, ["affine", "plain", "affine", "weight"][(n + dimensions) % 4], 0.1 if (n + dimensions) % 3 == 0 else 1e-5)
    # A mean far from zero, and no variance at all.
    add(6, [33], 1, suffix="-mean10", offset=10.0)
    add(6, [3, 4, 5], 3, suffix="-mean10", offset=10.0)
    add(6, [17], 1, suffix="-constant", scale=0.0, offset=0.5)
    file.write()


def rms_norms():
    file = Layers("rms-norm", "RMSNorm: outputs, gradients of sum(output * output_gradient)", 29)
    default = torch.finfo(torch.float32).eps

    def add(batch, sample, dimensions, affine=True, eps=default, suffix="", **inputs):
        normalized = sample[len(sample) - dimensions:]
        name = f"{'x'.join(map(str, sample))}-last{dimensions}-batch{batch}-{'affine' if affine else 'plain'}-eps{eps:g}{suffix}"
        dims = tuple(range(-dimensions, 0))
        file.add(name, RMSNorm(normalized, eps, affine), [batch, *sample], {"normalized_shape": normalized, "eps": eps, "is_centred": False}, (dims, normalized), **inputs)

    for n, width in enumerate([1, 2, 3, 5, 16, 17, 33, 100]):
        add([1, 5, 17][n % 3], [width], 1)
        add([5, 17, 1][n % 3], [width], 1, False, 0.1 if n % 2 else default)
    for n, sample in enumerate([[1, 1], [1, 7], [5, 1], [3, 5], [4, 16], [16, 17], [5, 33]]):
        for dimensions in (1, 2):
            add([1, 5, 17][n % 3], sample, dimensions, (n + dimensions) % 3 != 0, 0.1 if n % 4 == 3 else default)
    for n, sample in enumerate([[1, 1, 5], [3, 4, 5], [5, 1, 1], [8, 7, 9], [3, 16, 17], [17, 2, 3], [2, 8, 33], [20, 3, 3]]):
        for dimensions in (1, 2, 3):
            add([5, 17, 1][n % 3], sample, dimensions, (n + dimensions) % 3 != 1, 0.1 if (n + dimensions) % 4 == 0 else default)
    # A mean far from zero, numbers that are small beside the root of epsilon, and zeros.
    add(5, [33], 1, suffix="-mean10", offset=10.0)
    add(5, [17], 1, suffix="-small", scale=1e-4)
    add(5, [3, 4], 2, suffix="-zero", scale=0.0)
    file.write()


def batch_norms():
    file = Layers("batch-norm", "BatchNorm1d and BatchNorm2d: outputs, gradients of sum(output * output_gradient), statistics after training on one batch", 22)

    def add(shape, training=True, affine=True, momentum=0.1, eps=1e-5, tracked=0, suffix="", **inputs):
        layer = nn.BatchNorm2d if len(shape) == 4 else nn.BatchNorm1d
        module = layer(shape[1], eps, momentum, affine)
        options = {"training": training, "momentum": momentum, "eps": eps}
        mode = f"train-momentum{momentum:g}" if training and momentum is not None else "train-cumulative" if training else "eval"
        name = f"{'x'.join(map(str, shape))}-{mode}-{'affine' if affine else 'plain'}-eps{eps:g}{suffix}"
        dims = tuple(d for d in range(len(shape)) if d != 1)
        file.add(name, module, shape, options, (dims, [1, -1] + [1] * (len(shape) - 2)), training, tracked=tracked, **inputs)

    shapes = [
        [2, 1], [3, 1], [65, 1], [2, 3], [7, 3], [3, 5], [64, 5], [7, 16], [65, 16], [3, 17], [64, 17], [7, 33], [65, 33],
        [1, 1, 2], [1, 3, 7], [2, 5, 1], [2, 5, 9], [3, 16, 5], [7, 17, 3], [64, 3, 2], [65, 33, 1], [1, 33, 16],
        [1, 1, 1, 2], [1, 3, 2, 1], [2, 3, 4, 5], [3, 5, 1, 1], [7, 16, 3, 3], [1, 17, 5, 7], [2, 33, 4, 4], [64, 3, 2, 3], [65, 1, 3, 5], [3, 1, 16, 17],
    ]
    momenta = [(0.1, 0), (0.3, 4), (None, 0), (None, 3)]
    for n, shape in enumerate(shapes):
        momentum, tracked = momenta[n % 4]
        add(shape, True, n % 5 != 1, momentum, 0.1 if n % 3 == 1 else 1e-5, tracked)
        add(shape, False, n % 5 != 3, eps=0.1 if n % 3 == 2 else 1e-5)
        if n % 3 == 0:
            momentum, tracked = momenta[(n // 3 + 1) % 4]
            add(shape, True, n % 5 == 1, momentum, 1e-5 if n % 3 == 1 else 0.1, tracked)
    # A prediction of one sample, with one value per channel.
    for shape in [[1, 5], [1, 17, 1], [1, 3, 1, 1]]:
        add(shape, False)
    # A mean far from zero, and no variance at all.
    for training in (True, False):
        add([7, 17], training, suffix="-mean10", offset=10.0)
        add([3, 5, 4, 4], training, suffix="-mean10", offset=10.0)
        add([8, 5], training, suffix="-constant", scale=0.0, offset=0.5)
    file.write()


# ---- Small networks

class Residual(nn.Module):
    def __init__(self, *body):
        super().__init__()
        self.f = nn.Sequential(*body)

    def forward(self, x):
        return self.f(x) + x


def is_norm(module):
    return isinstance(module, (nn.LayerNorm, RMSNorm, nn.BatchNorm1d, nn.BatchNorm2d))


def specify(network, statistics_spread=0.0):
    """The formulas of a network's parameters and buffers, in the order of state_dict."""
    parameters, buffers, tensor = {}, {}, 2
    norms = {name for name, module in network.named_modules() if is_norm(module)}
    for key, entry in network.state_dict().items():
        owner, _, kind = key.rpartition(".")
        if kind == "num_batches_tracked":
            buffers[key] = formula(tensor, [], 0.0, 5 if statistics_spread else 0)
        elif kind.startswith("running"):
            buffers[key] = formula(tensor, entry.shape, statistics_spread, 1.0 if kind == "running_var" else 0.0)
        elif owner in norms:
            parameters[key] = formula(tensor, entry.shape, 0.25, 1.0 if kind == "weight" else 0.0)
        else:
            parameters[key] = formula(tensor, entry.shape, math.sqrt(3 / math.prod(entry.shape[1:])) if kind == "weight" else 0.1)
        tensor += 1
    return parameters, buffers


class Kinks:
    """Where single and double precision take different sides, float32 has another derivative: no fixture may sit there."""

    def __init__(self, network):
        self.inputs = []
        for module in network.modules():
            if isinstance(module, (nn.ReLU, nn.MaxPool2d, nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d)):
                module.register_forward_hook(self.record)

    def record(self, module, inputs, output):
        x = inputs[0].detach().double()
        if isinstance(module, nn.MaxPool2d):
            k, s, p = module.kernel_size, module.stride, module.padding
            windows = F.unfold(F.pad(x, (p, p, p, p), value=-1e300), k, stride=s).reshape(x.shape[0], x.shape[1], k * k, -1)
            top = windows.topk(2, dim=2).values
            lead = top[:, :, 0] - top[:, :, 1]
            x = lead[top[:, :, 0] > 0]  # What a ReLU before it has cut off has no gradient.
        if isinstance(module, (nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d)):
            x = adaptive_leads(x.unsqueeze(2) if x.dim() == 3 else x, output.shape[2:] if x.dim() == 4 else (1, output.shape[2]))
        self.inputs.append(x)


def adaptive_leads(x, grid):
    """By how much the largest value of each window leads the next."""
    def ends(size, count):
        return [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]

    leads = []
    for top, bottom in ends(x.shape[2], grid[0]):
        for left, right in ends(x.shape[3], grid[1]):
            window = x[:, :, top:bottom, left:right].flatten(2)
            if window.shape[2] > 1:
                first, second = window.topk(2, dim=2).values.unbind(2)
                leads.append(first - second)
    return torch.stack(leads)


def check_kinks(name, exact, singles, margin):
    worst = math.inf
    for x, y in [pair for single in singles for pair in zip(exact.inputs, single.inputs, strict=True)]:
        assert x.shape == y.shape, f"{name}: other sides of a kink"
        if x.numel():
            worst = min(worst, (x.abs().min() / ((x - y).abs().max() + 1e-300)).item())
    print(f"  {name}: the nearest kink is {worst:.1f} float32 errors away")
    assert worst > margin, name


def terms_of_biases(network):
    """The sums of |gradient| that a bias' gradient is made of, which vanish in front of a BatchNorm."""
    terms = {}
    for name, module in network.named_modules():
        if isinstance(module, (nn.Linear, nn.Conv1d, nn.Conv2d)) and module.bias is not None:
            def hook(m, grad_input, grad_output, key=f"grad.{name}.bias"):
                g = grad_output[0].detach().double().abs()
                terms[key] = g.sum([d for d in range(g.dim()) if d != 1]).max().item()
            module.register_full_backward_hook(hook)
    return terms


def loss_of(kind):
    return nn.CrossEntropyLoss() if kind == "cross-entropy" else nn.MSELoss()


def passes(network, x, backward):
    """One forward and backward pass; the output, the loss or None, and the gradients."""
    network.zero_grad()
    x = x.clone().requires_grad_()
    output = network(x)
    loss = backward(output)
    return output, loss, {"grad.input": x.grad, **{"grad." + key: p.grad.clone() for key, p in network.named_parameters()}}


def described(note, network, seed, loss):
    return {"note": note, "network": str(network), "seed": str(seed), "loss": loss}


def small_network(name, note, network, seed, loss, batch, sample, classes):
    """In the format of all other networks: one forward and backward pass."""
    parameters, _ = specify(network)
    input_spec = formula(0, [batch, *sample])
    target = np.arange(batch, dtype=np.int64) * 3 % classes if loss == "cross-entropy" else generate(seed, formula(1, [batch, classes])).astype(np.float64)
    results = []
    for copied, dtype in precisions(network):
        load(copied, seed, parameters)
        kinks, terms = Kinks(copied), terms_of_biases(copied)
        expected = torch.from_numpy(target).to(torch.int64 if loss == "cross-entropy" else dtype)

        def backward(output):
            result = loss_of(loss)(output, expected)
            result.backward()
            return result.item()
        results.append((*passes(copied, value(seed, input_spec, dtype), backward), kinks, terms))
    (y, value64, grads, kinks, terms), *singles = results
    check_kinks(name, kinks, [single[3] for single in singles], 20)
    tensors = Tensors(whole=1000, samples=256)
    tensors.stored["target"] = target
    tensors.add("output", y, [single[0] for single in singles])
    for key in grads:
        tensors.add(key, grads[key], [single[2][key] for single in singles], terms.get(key, 0.0))
    write(name, {**described(note, network, seed, loss), "loss_value": repr(value64), "loss_value_torch_float32": repr(singles[0][1]),
                 "input": input_spec, "parameters": parameters, **tensors.metadata()}, tensors.stored)


def trained_network(name, note, network, seed, loss, batch, sample, classes, rate, statistics_spread=0.0):
    """Ten steps of SGD, each on a batch of its own."""
    steps, kept = 10, (1, 2, 10)
    parameters, buffers = specify(network, statistics_spread)
    input_spec = formula(0, [steps, batch, *sample], 1.0, 0.25)
    vector_spec = formula(len(parameters) + len(buffers) + 2, [batch, classes])
    metadata = {**described(note, network, seed, loss), "learning_rate": repr(rate), "input": input_spec, "output_gradient": vector_spec,
                "parameters": parameters, "buffers": buffers}
    tensors = Tensors(whole=1000, samples=256)
    if loss == "cross-entropy":
        target = (np.arange(steps * batch, dtype=np.int64) * 7 // 3 % classes).reshape(steps, batch)
        tensors.stored["target"] = target
    else:
        metadata["target"] = formula(1, [steps, batch, classes])
        target = generate(seed, metadata["target"])
    results = []
    for copied, dtype in precisions(network):
        load(copied, seed, {**parameters, **buffers})
        kinks, terms = Kinks(copied), terms_of_biases(copied)
        optimizer = torch.optim.SGD(copied.parameters(), rate)
        inputs = value(seed, input_spec, dtype)
        targets = torch.from_numpy(target).to(torch.int64 if loss == "cross-entropy" else dtype)
        kept_tensors, kept_terms, losses = {}, {}, []
        for step in range(1, steps + 1):
            def backward(output):
                result = loss_of(loss)(output, targets[step - 1])
                result.backward()
                return result.item()
            output, step_loss, grads = passes(copied, inputs[step - 1], backward)
            losses.append(step_loss)
            if step == 1:
                kept_tensors.update({"train/" + key: t for key, t in {"output": output, **grads}.items()})
                kept_terms = {"train/" + key: magnitude for key, magnitude in terms.items()}
            optimizer.step()
            if step in kept:
                kept_tensors.update({f"{step}/{key}": t.clone() for key, t in copied.state_dict().items()})
        copied.eval()
        output, _, grads = passes(copied, inputs[0], lambda y: y.backward(value(seed, vector_spec, dtype)))
        kept_tensors.update({"evaluation/" + key: t for key, t in {"output": output, **grads}.items()})
        kept_tensors["loss"] = torch.tensor(losses, dtype=torch.float64)
        results.append((kept_tensors, kept_terms, kinks))
    (exact, terms, kinks), *others = results
    singles = [single[0] for single in others]
    check_kinks(name, kinks, [single[2] for single in others], 4)
    for key in exact:
        if exact[key].dtype == torch.int64:
            tensors.stored[key] = exact[key].numpy()
        else:
            tensors.add(key, exact[key], [single[key] for single in singles], terms.get(key, 0.0))
    write(name, {**metadata, **tensors.metadata()}, tensors.stored)


def small_networks():
    small_network("layer-norm-mlp", "Linear, LayerNorm, GELU, Linear", nn.Sequential(nn.Linear(9, 33), nn.LayerNorm(33), nn.GELU(), nn.Linear(33, 5)), 23, "mse", 7, [9], 5)
    small_network("layer-norm-conv", "a convolution, its whole output normalised", nn.Sequential(
        nn.Conv2d(2, 6, 3, padding=1), nn.LayerNorm([6, 5, 7]), nn.ReLU(), nn.Flatten(), nn.Linear(210, 4)), 24, "cross-entropy", 5, [2, 5, 7], 4)
    small_network("rms-norm-mlp", "Linear, RMSNorm, GELU, Linear", nn.Sequential(nn.Linear(9, 33), RMSNorm([33]), nn.GELU(), nn.Linear(33, 5)), 30, "mse", 5, [9], 5)
    small_network("pools-1d", "adaptive and global pools of sequences", nn.Sequential(
        nn.Conv1d(2, 6, 3), nn.AdaptiveMaxPool1d(7), nn.Tanh(), nn.Conv1d(6, 17, 2), nn.AdaptiveAvgPool1d(4), nn.Conv1d(17, 5, 2), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(5, 3)),
        40, "mse", 5, [2, 20], 3)
    small_network("pools-2d", "adaptive and global pools of pictures, some nested", nn.Sequential(
        nn.Sequential(nn.Conv2d(2, 6, 3), nn.AdaptiveMaxPool2d((4, 5)), nn.Tanh()), nn.Conv2d(6, 17, 2), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(17, 4)),
        41, "cross-entropy", 5, [2, 9, 11], 4)
    trained_network("batch-norm-mlp", "Linear, BatchNorm1d of cumulative averages, Tanh, Linear", nn.Sequential(
        nn.Linear(9, 17), nn.BatchNorm1d(17, momentum=None), nn.Tanh(), nn.Linear(17, 3)), 25, "mse", 7, [9], 3, 0.1)
    trained_network("batch-norm-conv", "Conv2d without bias, BatchNorm2d, ReLU, MaxPool2d", nn.Sequential(
        nn.Conv2d(2, 5, 3, bias=False), nn.BatchNorm2d(5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(60, 4)), 26, "cross-entropy", 5, [2, 8, 11], 4, 0.1)
    trained_network("batch-norm-sequence", "BatchNorm1d of sequences, not affine, and of features", nn.Sequential(
        nn.Conv1d(3, 8, 3), nn.BatchNorm1d(8, eps=0.1, momentum=0.3, affine=False), nn.SiLU(), nn.Flatten(), nn.Linear(72, 16), nn.BatchNorm1d(16), nn.Sigmoid(), nn.Linear(16, 2)),
        27, "mse", 6, [3, 11], 2, 0.1, 0.5)
    trained_network("batch-norm-residual", "a residual block of ResNet's form", nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(),
        Residual(nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3)), 28, "cross-entropy", 3, [3, 5, 6], 3, 0.1, 0.5)


# ---- ResNet-50, an eighth as wide

class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu3 = nn.ReLU()
        self.downsample = None
        if stride != 1 or inputs != 4 * width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    def forward(self, x):
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.relu2(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu3(y + (x if self.downsample is None else self.downsample(x)))


class ResNet50(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = width
        for n, blocks in enumerate([3, 4, 6, 3]):
            stage, inner = [], width << n
            for block in range(blocks):
                stage.append(Bottleneck(inputs, inner, 2 if n > 0 and block == 0 else 1))
                inputs = 4 * inner
            self.add_module(f"layer{n + 1}", nn.Sequential(*stage))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


def resnet(name, seed):
    """With eight values a channel at the deepest, and residuals that start small: else a rounding grows a thousandfold on its way through 53 normalisations."""
    network, loss, classes, rate, steps, side, batch = ResNet50(8, 10), "cross-entropy", 10, 0.01, 3, 64, 2
    parameters, buffers = specify(network, 0.25)
    for key in parameters:
        if key.endswith("bn3.weight"):
            parameters[key] = formula(parameters[key]["tensor"], parameters[key]["shape"], 0.0625, 0.125)
    input_spec = formula(0, [batch, 3, side, side])
    vector_spec = formula(1, [batch, classes])
    target = np.arange(batch, dtype=np.int64) * 3 % classes
    results = []
    for copied, dtype in precisions(network):
        load(copied, seed, {**parameters, **buffers})
        kinks = Kinks(copied)
        x, expected = value(seed, input_spec, dtype), torch.from_numpy(target)
        kept = {}
        copied.eval()
        output, _, grads = passes(copied, x, lambda y: y.backward(value(seed, vector_spec, dtype)))
        kept.update({"evaluation/" + key: t for key, t in {"output": output, **grads}.items()})
        copied.train()
        optimizer = torch.optim.SGD(copied.parameters(), rate)
        losses = []
        for step in range(steps):
            def backward(y):
                result = loss_of(loss)(y, expected)
                result.backward()
                return result.item()
            output, step_loss, grads = passes(copied, x, backward)
            losses.append(step_loss)
            if step == 0:
                kept.update({"train/" + key: t for key, t in {"output": output, **grads}.items()})
                kept.update({"1/" + key: t.clone() for key, t in copied.named_buffers()})
                inputs = list(kinks.inputs)
            optimizer.step()
        kept["loss"] = torch.tensor(losses, dtype=torch.float64)
        kinks.inputs = inputs
        results.append((kept, kinks))
    (exact, kinks), *others = results
    singles = [single[0] for single in others]
    check_kinks(name, kinks, [single[1] for single in others], 3)
    tensors = Tensors(whole=64, samples=64)
    tensors.stored["target"] = target
    for key in exact:
        if exact[key].dtype == torch.int64:
            tensors.stored[key] = exact[key].numpy()
        else:
            tensors.add(key, exact[key], [single[key] for single in singles])
    write(name, {**described("ResNet-50, an eighth as wide", network, seed, loss), "learning_rate": repr(rate), "input": input_spec, "output_gradient": vector_spec,
                 "parameters": parameters, "buffers": buffers, **tensors.metadata()}, tensors.stored)


if __name__ == "__main__":
    torch.set_num_threads(1)
    layer_norms()
    rms_norms()
    batch_norms()
    small_networks()
    resnet("resnet50-eighth", 37)
