#!/usr/bin/python3
"""Writes schedules.safetensors beside this file: PyTorch's learning rates before the steps 0 to 1000, in float64. NAME/chained are those that its step() makes, NAME/closed
those of its closed form, where it has one. figures/PATTERN are what the plateau's schedules were told.

Needs Debian's python3-torch 1.13 and python3-numpy: /usr/bin/python3 make_schedules.py
"""

import json
import struct
import warnings
from pathlib import Path

import numpy as np
import torch
from torch.optim import lr_scheduler as S

FOLDER = Path(__file__).parent
COUNT = 1001
RATE = 0.3

SCHEDULES = {
    "constant": lambda o: S.ConstantLR(o, factor=0.25, total_iters=300),
    "step": lambda o: S.StepLR(o, 70, gamma=0.7),
    "multi-step": lambda o: S.MultiStepLR(o, [5, 200, 200, 900], gamma=0.3),
    "exponential": lambda o: S.ExponentialLR(o, 0.99),
    "polynomial": lambda o: S.PolynomialLR(o, total_iters=800, power=1.0),
    "polynomial-power": lambda o: S.PolynomialLR(o, total_iters=1000, power=0.9),
    "polynomial-square": lambda o: S.PolynomialLR(o, total_iters=900, power=2.0),
    "cosine": lambda o: S.CosineAnnealingLR(o, T_max=100),
    "cosine-minimum": lambda o: S.CosineAnnealingLR(o, T_max=1000, eta_min=0.01),
    "restarts": lambda o: S.CosineAnnealingWarmRestarts(o, 90),
    "restarts-longer": lambda o: S.CosineAnnealingWarmRestarts(o, 30, T_mult=2, eta_min=0.002),
    "one-cycle": lambda o: S.OneCycleLR(o, 0.5, total_steps=COUNT, cycle_momentum=False),
    "one-cycle-linear": lambda o: S.OneCycleLR(o, 0.5, total_steps=COUNT, pct_start=0.4, anneal_strategy="linear", div_factor=10, final_div_factor=100, cycle_momentum=False),
    "one-cycle-three": lambda o: S.OneCycleLR(o, 0.5, total_steps=COUNT, pct_start=0.35, three_phase=True, cycle_momentum=False),
    "one-cycle-three-linear": lambda o: S.OneCycleLR(o, 0.5, total_steps=COUNT, pct_start=0.2, three_phase=True, anneal_strategy="linear", cycle_momentum=False),
    "one-cycle-falling": lambda o: S.OneCycleLR(o, 0.5, total_steps=COUNT, pct_start=0.0, cycle_momentum=False),
    "warmup": lambda o: S.LinearLR(o, start_factor=0.2, total_iters=300),
    "warmup-exponential": lambda o: S.SequentialLR(o, [S.LinearLR(o, start_factor=0.1, total_iters=50), S.ExponentialLR(o, 0.99)], [50]),
    "warmup-cosine": lambda o: S.SequentialLR(o, [S.LinearLR(o, total_iters=200), S.CosineAnnealingLR(o, T_max=800)], [200]),
    "warmup-restarts": lambda o: S.SequentialLR(o, [S.LinearLR(o, total_iters=20), S.CosineAnnealingWarmRestarts(o, 100)], [20]),
}

PLATEAUS = {
    "plateau": ("falling", {}),
    "plateau-absolute": ("falling", {"factor": 0.5, "patience": 3, "threshold": 0.02, "threshold_mode": "abs", "cooldown": 4, "min_lr": 1e-3}),
    "plateau-max": ("rising", {"mode": "max", "factor": 0.8, "patience": 2, "threshold": 0.01}),
    "plateau-max-absolute": ("rising", {"mode": "max", "factor": 0.3, "patience": 0, "threshold": 0.001, "threshold_mode": "abs", "cooldown": 20, "eps": 1e-3}),
}


def figures():
    i = np.arange(COUNT - 1)
    wave = np.sin(i * 0.7) + np.sin(i * 0.11)
    falling = 2 * np.exp(-i / 150) + 0.05 * wave
    falling[400:404] = np.nan
    rising = 1 - np.exp(-i / 200) + 0.02 * wave
    return {"falling": falling, "rising": rising}


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], RATE)


def chained(make, told=None):
    o = optimizer()
    schedule = make(o)
    rates = [o.param_groups[0]["lr"]]
    for i in range(COUNT - 1):
        o.step()
        schedule.step(*([] if told is None else [told[i]]))
        rates.append(o.param_groups[0]["lr"])
    return np.array(rates, dtype=np.float64)


def closed(make):
    schedule = make(optimizer())
    if not hasattr(schedule, "_get_closed_form_lr"):
        return None
    rates = []
    for schedule.last_epoch in range(COUNT):
        rates.append(schedule._get_closed_form_lr()[0])
    return np.array(rates, dtype=np.float64)


def main():
    warnings.simplefilter("ignore")
    stored = {}
    for name, make in SCHEDULES.items():
        stored[f"{name}/chained"] = chained(make)
        form = closed(make)
        if form is not None:
            stored[f"{name}/closed"] = form
            print(name, np.abs(form - stored[f"{name}/chained"]).max() / form.max())
    told = figures()
    for pattern, values in told.items():
        stored[f"figures/{pattern}"] = values
    for name, (pattern, options) in PLATEAUS.items():
        stored[f"{name}/chained"] = chained(lambda o: S.ReduceLROnPlateau(o, **options), told[pattern])
        print(name, len(set(stored[f"{name}/chained"])), stored[f"{name}/chained"][-1])
    header, offset = {"__metadata__": {"name": "schedules", "rate": str(RATE)}}, 0
    for key, tensor in stored.items():
        header[key] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [offset, offset + tensor.nbytes]}
        offset += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(FOLDER / "schedules.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(tensor.astype("<f8").tobytes() for tensor in stored.values()))


if __name__ == "__main__":
    main()
