"""README's table from the figures of benchmarks/Peers: readme_table.py FIGURES.json, of a run with --json FIGURES.json"""
import json
import sys

ROWS = {
    "sigmoid-mlp-4x6/b1": "sigmoid MLP, 6 layers of 4, batch 1",
    "two-layer-scalar-p64/b32": "1-64-1, batch 32",
    "mnist-mlp-784-128-10/b64": "MNIST 784-128-10, batch 64",
    "mnist-mlp-784-256-128-10/b64": "MNIST 784-256-128-10, batch 64",
    "rl-actor-64x2/b256": "actor 8-64-64-4, tanh, Adam, batch 256",
    "rl-critic-64x2/b256": "critic 8-64-64-1, tanh, Adam, batch 256",
    "linear-1024/b256": "one layer 1024-1024, batch 256",
    "conv1d-128/b32": "three 1-D convolutions of one channel, batch 32",
    "lenet5/b64": "LeNet-5, batch 64",
    "residual-mlp-64x10/b64": "residual MLP, 10 layers of 64, batch 64",
    "bottleneck-256/b4": "bottleneck 256-128-128-256 at 32x32, batch 4",
    "stm-32x4/b4": "split-transform-merge, 32 paths of 4 channels at 32x32, batch 4",
    "inception-1/b4": "Inception module at 256x32x32, batch 4",
    "inception-2/b4": "the same with 1x1 bottlenecks, batch 4",
    "alexnet-mnist/b64": "AlexNet for MNIST, batch 64",
    "alexnet/b8": "AlexNet, batch 8",
    "lenet5-epoch/b64": "LeNet-5, an epoch of 60,000 images, batch 64",
    "lenet5-epoch/b2048": "the same, batch 2,048",
    "mnist-mlp-784-128-10-epoch/b64": "MNIST 784-128-10, an epoch, batch 64",
    "mnist-mlp-784-128-10-epoch/b2048": "the same, batch 2,048",
    "mnist-mlp-784-256-128-10-epoch/b64": "MNIST 784-256-128-10, an epoch, batch 64",
    "mnist-mlp-784-256-128-10-epoch/b2048": "the same, batch 2,048",
}

DIFFERENT = "\\*"


def number(value):
    """Three digits, and no fewer than are before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def cells(line, libraries):
    if line is None:
        return ["-"] * (1 + len(libraries))
    others = [line[library] for library in libraries]
    return [number(line["us"]), *(f"{line['us'] / other['us']:.2g}{DIFFERENT if other['note'] else ''}" if other else "-" for other in others)]


rows = []
with open(sys.argv[1]) as file:
    lines = {(line["workload"], line["mode"]): line for line in json.load(file)}
print("| network, batch | training step | to libtorch | inference | to libtorch | to ORT | one sample | to libtorch | to ORT |")
print("|" + "---|" * 9)
for workload, name in ROWS.items():
    train = lines.get((workload, "train")) or lines.get((workload, "epoch"))
    if train:
        row = [name, *cells(train, ["torch"])]
        for mode in ("infer", "infer_b1"):
            row += cells(lines.get((workload, mode)), ["torch", "ort"])
        rows.append("| " + " | ".join(row) + " |")
print("\n".join(rows))
if any(DIFFERENT in row for row in rows):
    print(f"\n{DIFFERENT} What the library computes there differs from ours by more than order and rounding of sums explain.")
