#!/usr/bin/python3
"""Writes metrics.json beside this file: scikit-learn's figures for small samples with ties, empty classes and constant targets.

Needs Debian's python3-sklearn 1.2 and python3-numpy: /usr/bin/python3 make_metrics.py
"""

import json
import warnings
from pathlib import Path

import numpy as np
from sklearn import metrics as sk

warnings.filterwarnings("ignore")
rng = np.random.default_rng(11)


def safe(function, *arguments, **options):
    try:
        value = float(function(*arguments, **options))
        return None if np.isnan(value) else value
    except ValueError:
        return None  # Newer versions give "not a number" where this one refuses.


def classes(count, size, levels, occurring):
    """Logits of few levels, so that many are equal."""
    scores = rng.integers(0, levels, (size, count)).astype(np.float32) / 2
    labels = rng.choice(occurring, size)
    guesses = scores.argmax(1)
    probabilities = np.exp(scores.astype(np.float64) - scores.max(1, keepdims=True))
    probabilities /= probabilities.sum(1, keepdims=True)
    # As 32-bit floats: what is equal but for the last bits of a sum's order is equal.
    probabilities = probabilities.astype(np.float32)
    figures = {"accuracy": sk.accuracy_score(labels, guesses)}
    for k in range(1, count):
        figures[f"top_{k}_accuracy"] = safe(sk.top_k_accuracy_score, labels, scores, k=k, labels=list(range(count))) if count > 2 else None
    for name, function in ("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score):
        for average in "macro", "micro", "weighted":
            figures[f"{name}/{average}"] = function(labels, guesses, average=average)
        if count == 2:
            figures[f"{name}/binary"] = function(labels, guesses, zero_division=0)
    if count == 2:
        figures["auc"] = safe(sk.roc_auc_score, labels, scores[:, 1].astype(np.float64) - scores[:, 0])
    else:
        figures["auc"] = safe(sk.roc_auc_score, labels, probabilities, multi_class="ovr") if len(set(labels)) == count else None
    matrix = sk.confusion_matrix(labels, guesses, labels=list(range(count)))
    return {"classes": count, "outputs": scores.ravel().tolist(), "targets": labels.tolist(), "matrix": matrix.ravel().tolist(), "figures": figures}


def values(size, width, constant=False, exact=False):
    targets = rng.normal(3, 2, (size, width)).astype(np.float32)
    if constant:
        targets[:, 0] = 1.7
    outputs = targets.copy() if exact else (targets + rng.normal(0, 1, (size, width))).astype(np.float32)
    if constant and exact is None:
        outputs[:, 0] = targets[:, 0]
    y, p = targets.astype(np.float64), outputs.astype(np.float64)
    figures = {
        "mae": sk.mean_absolute_error(y, p),
        "mse": sk.mean_squared_error(y, p),
        "rmse": float(np.mean(np.sqrt(sk.mean_squared_error(y, p, multioutput="raw_values")))),
        "r2": safe(sk.r2_score, y, p),
    }
    return {"width": width, "outputs": outputs.ravel().tolist(), "targets": targets.ravel().tolist(), "figures": figures}


cases = {
    "classes": [
        classes(3, 40, 6, [0, 1, 2]), classes(5, 60, 3, [0, 1, 2, 3, 4]), classes(5, 30, 4, [0, 3]), classes(4, 7, 2, [2]), classes(10, 300, 9, list(range(10))),
        classes(2, 50, 3, [0, 1]), classes(2, 12, 4, [1]), classes(2, 12, 4, [0]), classes(3, 1, 5, [1]), classes(6, 100, 2, [0, 1, 5]),
    ],
    "values": [values(30, 1), values(50, 3), values(20, 2, constant=True), values(9, 2, constant=True, exact=None), values(5, 1, exact=True), values(1, 2), values(2, 1)],
}
(Path(__file__).parent / "metrics.json").write_text(json.dumps(cases) + "\n")
