#!/usr/bin/python3
"""Writes losses.json beside this file: PyTorch's cross-entropy with class weights and label smoothing, and its gradient, in float64.

Needs Debian's python3-torch 1.13: /usr/bin/python3 make_losses.py
"""

import json
from pathlib import Path

import torch

torch.manual_seed(11)
cases = []
for batch, classes, scale in [(1, 2, 1.0), (5, 3, 3.0), (16, 10, 1.0), (7, 4, 40.0)]:
    logits = (torch.randn(batch, classes) * scale).float()
    labels = torch.randint(0, classes, (batch,))
    weights = (torch.rand(classes) * 3).float().double()
    for weight in [None, weights]:
        for smoothing in [0.0, 0.1, 1.0]:
            x = logits.double().requires_grad_()
            loss = torch.nn.CrossEntropyLoss(weight=weight, label_smoothing=smoothing)(x, labels)
            loss.backward()
            cases.append({
                "logits": logits.flatten().tolist(),
                "labels": labels.tolist(),
                "weights": None if weight is None else weight.tolist(),
                "smoothing": smoothing,
                "loss": loss.item(),
                "gradient": x.grad.flatten().tolist(),
            })

Path(__file__).with_name("losses.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
