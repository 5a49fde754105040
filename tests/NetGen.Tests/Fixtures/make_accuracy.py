#!/usr/bin/python3
"""Writes accuracy.tsv beside this file: where PyTorch's activations and their derivatives in float32 err most.

A line has the function, the sign and the exponent of x (those of a range have the last one), the two x where the value and the derivative are
furthest from the exact ones in units in the last place, and what PyTorch gives there, all as the bits of floats in hexadecimal.
AccuracyTests measures these errors anew against a reference of its own.

Needs Debian's python3-torch 1.13 and python3-numpy with the 80-bit long double of x86: /usr/bin/python3 make_accuracy.py
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

L = np.longdouble
PI = L("3.14159265358979323846264338327950288")
SLOPE = L(np.float32(0.01))
CUBIC = L("0.044715")
STEP = 127  # of a binade's 2^23 floats every so many

# Binades below and above these are one range each.
FIRST, LAST = -13, 7


def erfc(x):
    """For x of at least 0: a series, and a continued fraction from far behind."""
    near = np.minimum(x, L(2))
    term, total = near.copy(), near.copy()
    for n in range(1, 90):
        term = term * (2 * near * near / (2 * n + 1))
        total = total + term
    series = 1 - 2 / np.sqrt(PI) * np.exp(-near * near) * total
    far = np.clip(x, L(2), L(200))
    fraction = far.copy()
    for k in range(200, 0, -1):
        fraction = far + k / L(2) / fraction
    return np.where(x < 2, series, np.exp(-far * far) / (np.sqrt(PI) * fraction))


def normal(x):
    tail = erfc(np.abs(x) / np.sqrt(L(2))) / 2
    return np.where(x < 0, tail, 1 - tail)


def density(x):
    return np.exp(-x * x / 2) / np.sqrt(2 * PI)


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1) / (1 + e)


def sigmoid_derivative(x):
    e = np.exp(-np.abs(x))
    return e / ((1 + e) * (1 + e))


def gelu_tanh(x):
    factor = np.sqrt(8 / PI)
    x = np.clip(x, L(-60), None)
    inner = np.minimum(factor * (x + CUBIC * x * x * x), L(20000))
    return x * sigmoid(inner), sigmoid(inner) + np.where(x > 60, 0, x * sigmoid_derivative(inner) * factor * (1 + 3 * CUBIC * x * x))


FUNCTIONS = {
    "ReLU": (F.relu, lambda x: (np.maximum(x, 0), (x > 0).astype(L))),
    "LeakyReLU": (F.leaky_relu, lambda x: (np.where(x > 0, x, SLOPE * x), np.where(x > 0, L(1), SLOPE))),
    "Sigmoid": (torch.sigmoid, lambda x: (sigmoid(x), sigmoid_derivative(x))),
    "Tanh": (torch.tanh, lambda x: (np.tanh(x), 4 * sigmoid_derivative(2 * x))),
    "GELU": (F.gelu, lambda x: (x * normal(x), normal(x) + x * density(np.clip(x, L(-200), L(200))))),
    "GELUTanh": (lambda x: F.gelu(x, approximate="tanh"), gelu_tanh),
    "SiLU": (F.silu, lambda x: (x * sigmoid(x), sigmoid(x) + x * sigmoid_derivative(x))),
    "Softplus": (F.softplus, lambda x: (np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), sigmoid(x))),
    "ELU": (F.elu, lambda x: (np.where(x > 0, x, np.expm1(np.minimum(x, 0))), np.where(x > 0, L(1), np.exp(np.minimum(x, 0))))),
    "Exp": (torch.exp, lambda x: (np.exp(x), np.exp(x))),
}


def error(values, exact):
    _, exponent = np.frexp(np.abs(exact))
    ulp = np.ldexp(L(1), np.maximum(exponent - 24, -149))
    errors = np.where(values == exact.astype(np.float32), np.abs(values - exact) / ulp, np.abs(values.astype(L) - exact) / ulp)
    return np.where(np.isinf(values) & (values == exact.astype(np.float32)), 0, errors)


def worst(name, bits):
    x = bits.astype(np.uint32).view(np.float32)
    forward, reference = FUNCTIONS[name]
    tensor = torch.from_numpy(x.copy()).requires_grad_()
    y = forward(tensor)
    y.backward(torch.ones_like(y))
    results = []
    for values, exact in zip((y.detach().numpy(), tensor.grad.numpy()), reference(x.astype(L))):
        errors = error(values, exact)
        at = int(np.argmax(errors))
        results.append((x[at], values[at], float(errors[at])))
    return results


def hexadecimal(number):
    return f"{np.float32(number).view(np.uint32):08X}"


def main():
    lines = []
    with np.errstate(all="ignore"):
        for name in FUNCTIONS:
            for sign in (0, 1):
                for exponent in range(FIRST, LAST + 1):
                    first = -126 if exponent == FIRST else exponent
                    last = 127 if exponent == LAST else exponent
                    step = STEP * (last - first + 1)
                    bits = np.arange((first + 127) << 23, (last + 128) << 23, step, dtype=np.int64)
                    value, derivative = worst(name, bits + (sign << 31))
                    print(name, "-" if sign else "+", exponent, value, derivative)
                    lines.append("\t".join([name, "-" if sign else "+", str(exponent), *map(hexadecimal, (*value[:2], *derivative[:2]))]))
    Path(__file__).with_name("accuracy.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
