#!/usr/bin/python3
"""Writes optimizers-more.safetensors beside this file: the trajectories that optimizers.safetensors lacks, in float64 on its network and batch,
and for each of both files PyTorch's own error in float32, NAME/STEP/PARAMETER in torch_float32_error. Lion and NAdam are written from their papers.

Needs Debian's python3-torch 1.13 and python3-numpy: /usr/bin/python3 make_optimizers.py
"""

import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import nn

from make_norms import formula, generate

FOLDER = Path(__file__).parent
STEPS = (1, 2, 10, 100)
SEED = 1
SPECS = {
    "0.weight": formula(2, [7, 5], 0.7745966911315918), "0.bias": formula(3, [7], 0.10000000149011612),
    "2.weight": formula(4, [3, 7], 0.6546536684036255), "2.bias": formula(5, [3], 0.10000000149011612),
}
INPUT, TARGET = formula(0, [8, 5]), formula(1, [8, 3])


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                c = beta1 * m + (1 - beta1) * p.grad
                p -= group["lr"] * (torch.sign(c) + group["weight_decay"] * p)
                m.mul_(beta2).add_(p.grad, alpha=1 - beta2)


class NAdam(torch.optim.Optimizer):
    """Dozat 2016 as PyTorch has it since 2.0; 1.13 multiplies the product of the next step by mu twice."""

    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay})
        self.steps, self.product = 0, 1.0

    @torch.no_grad()
    def step(self):
        self.steps += 1
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            mu, following = (beta1 * (1 - 0.5 * 0.96 ** (t * group["momentum_decay"])) for t in (self.steps, self.steps + 1))
            self.product *= mu
            for p in group["params"]:
                state = self.state[p]
                m, v = state.setdefault("m", torch.zeros_like(p)), state.setdefault("v", torch.zeros_like(p))
                g = p.grad + group["weight_decay"] * p
                m.mul_(beta1).add_(g, alpha=1 - beta1)
                v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
                root = (v / (1 - beta2 ** self.steps)).sqrt().add_(group["eps"])
                p.addcdiv_(g, root, value=-group["lr"] * (1 - mu) / (1 - self.product))
                p.addcdiv_(m, root, value=-group["lr"] * following / (1 - self.product * following))


OPTIM = torch.optim
GIVEN = {
    "sgd": lambda p: OPTIM.SGD(p, 0.1),
    "sgd-weight-decay": lambda p: OPTIM.SGD(p, 0.1, weight_decay=0.01),
    "sgd-momentum": lambda p: OPTIM.SGD(p, 0.1, momentum=0.9),
    "sgd-momentum-dampening": lambda p: OPTIM.SGD(p, 0.1, momentum=0.9, dampening=0.5),
    "sgd-nesterov": lambda p: OPTIM.SGD(p, 0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: OPTIM.Adam(p, 0.01),
    "adam-amsgrad": lambda p: OPTIM.Adam(p, 0.01, amsgrad=True),
    "adam-weight-decay": lambda p: OPTIM.Adam(p, 0.01, weight_decay=0.01),
    "adamw": lambda p: OPTIM.AdamW(p, 0.01, weight_decay=0.01),
    "rmsprop": lambda p: OPTIM.RMSprop(p, 0.01),
    "rmsprop-momentum-centered": lambda p: OPTIM.RMSprop(p, 0.01, momentum=0.9, centered=True),
    "adagrad": lambda p: OPTIM.Adagrad(p, 0.05),
}
MORE = {
    "sgd-all": lambda p: OPTIM.SGD(p, 0.01, momentum=0.8, dampening=0.1, weight_decay=0.1, maximize=True),
    "nadam": lambda p: NAdam(p),
    "nadam-all": lambda p: NAdam(p, 0.01, betas=(0.8, 0.99), weight_decay=0.02, momentum_decay=0.01),
    "radam": lambda p: OPTIM.RAdam(p),
    "radam-all": lambda p: OPTIM.RAdam(p, 0.01, betas=(0.8, 0.9), weight_decay=0.02),
    "adamax": lambda p: OPTIM.Adamax(p),
    "adamax-all": lambda p: OPTIM.Adamax(p, 0.01, betas=(0.8, 0.9), weight_decay=0.02),
    "adadelta": lambda p: OPTIM.Adadelta(p),
    "adadelta-all": lambda p: OPTIM.Adadelta(p, 0.5, rho=0.8, eps=1e-5, weight_decay=0.02),
    "adagrad-all": lambda p: OPTIM.Adagrad(p, 0.1, lr_decay=0.01, weight_decay=0.02, initial_accumulator_value=0.5),
    "rmsprop-momentum": lambda p: OPTIM.RMSprop(p, 0.001, alpha=0.9, momentum=0.8, weight_decay=0.02),
    "rmsprop-centered": lambda p: OPTIM.RMSprop(p, 0.01, centered=True),
    "adam-all": lambda p: OPTIM.Adam(p, 0.01, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.02, amsgrad=True, maximize=True),
    "adamw-amsgrad": lambda p: OPTIM.AdamW(p, 0.01, betas=(0.8, 0.9), weight_decay=0.1, amsgrad=True),
    "lion": lambda p: Lion(p),
    "lion-all": lambda p: Lion(p, 0.01, betas=(0.8, 0.95), weight_decay=0.1),
}


def run(make, dtype):
    model = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3)).to(dtype)
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.from_numpy(generate(SEED, SPECS[name])).to(dtype))
    x, y = (torch.from_numpy(generate(SEED, spec)).to(dtype) for spec in (INPUT, TARGET))
    optimizer = make(list(model.parameters()))
    found = {}
    for step in range(1, STEPS[-1] + 1):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        if step in STEPS:
            found[f"{step}/loss"] = loss.detach().double().numpy().reshape(1)
            for name, p in model.named_parameters():
                found[f"{step}/{name}"] = p.detach().double().numpy().copy()
    return found


def read(name):
    data = (FOLDER / name).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    return {key: np.frombuffer(data[8 + length:][entry["data_offsets"][0]:entry["data_offsets"][1]], "<f8").reshape(entry["shape"])
            for key, entry in header.items() if key != "__metadata__"}


def main():
    given = read("optimizers.safetensors")
    stored, errors = {}, {}
    for name, make in {**GIVEN, **MORE}.items():
        exact, single = run(make, torch.float64), run(make, torch.float32)
        for key, tensor in exact.items():
            if name in GIVEN:
                assert np.abs(given[f"{name}/{key}"] - tensor).max() < 1e-12, f"{name}/{key} has other settings"
            else:
                stored[f"{name}/{key}"] = tensor
            errors[f"{name}/{key}"] = float(np.abs(single[key] - tensor).max() / np.abs(tensor).max())
    header = {"__metadata__": {
        "name": "optimizers-more", "seed": str(SEED), "loss": "mse", "parameters": json.dumps(SPECS), "input": json.dumps(INPUT), "target": json.dumps(TARGET),
        "torch_float32_error": json.dumps(errors)}}
    offset = 0
    for key, tensor in stored.items():
        header[key] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [offset, offset + tensor.nbytes]}
        offset += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(FOLDER / "optimizers-more.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(tensor.astype("<f8").tobytes() for tensor in stored.values()))


if __name__ == "__main__":
    main()
