"""Makes the checkpoints that PyTorch and NumPy write: python3 make_checkpoints.py

A network's state_dict in every type, each with what PyTorch converts it to in single precision; the same in 16 bits, as PyTorch rounds it; and the formats that are
refused. The layout of safetensors is written here, because Debian has no package of it; the bytes are those of PyTorch's tensors.
"""
import json
import os
import pickle
import struct

import numpy
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32",
    torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}


def path(name):
    return os.path.join(HERE, name)


def data(tensor):
    tensor = tensor.contiguous()
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.view(torch.int16)
    return tensor.numpy().tobytes()


def save(name, tensors):
    """As safetensors.torch.save_file does: wide elements first, then by name."""
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for key, tensor in sorted(tensors.items(), key=lambda item: (-item[1].element_size(), item[0])):
        raw = data(tensor)
        header[key] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path(name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def convert(tensors, dtype):
    return {key: value.to(dtype) if value.is_floating_point() else value for key, value in tensors.items()}


torch.manual_seed(7)
network = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.BatchNorm1d(7), torch.nn.Tanh(), torch.nn.Linear(7, 3)).double()
network.train()
for _ in range(3):
    network(torch.randn(16, 5, dtype=torch.float64))
state = {key: value.clone() for key, value in network.state_dict().items()}

# What conversions are about: ties, the ends of the ranges, subnormal numbers, and what is no number.
ones = 1 + torch.tensor([2.0 ** -24, 3 * 2.0 ** -24, 2.0 ** -24 + 2.0 ** -50, 2.0 ** -9, 3 * 2.0 ** -9, 2.0 ** -12, 2.0 ** -11, 3 * 2.0 ** -11], dtype=torch.float64)
tiny = torch.tensor([2.0 ** -25, 3 * 2.0 ** -25, 2.0 ** -24, 2.0 ** -14 - 2.0 ** -26, 1e-40, -1e-45, 2.0 ** -134, -0.0], dtype=torch.float64)
ends = torch.tensor([65504.0, 65519.0, -65504.0, float("inf"), float("-inf"), float("nan"), 0.0, 3.0], dtype=torch.float64)
state["0.weight"].view(-1)[:24] = torch.cat([ones, tiny, ends])

for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
    typed = convert(state, dtype)
    save(f"torch_{NAMES[dtype]}.safetensors", typed)
    save(f"torch_{NAMES[dtype]}_as_F32.safetensors", convert(typed, torch.float32))

single = convert(state, torch.float32)
for dtype in (torch.float16, torch.bfloat16):
    save(f"torch_F32_as_{NAMES[dtype]}.safetensors", convert(single, dtype))

for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool):
    save(f"torch_{NAMES[dtype]}.safetensors", {key: value.nan_to_num(0, 0, 0).to(dtype) if key == "3.bias" else value for key, value in single.items()})

small = {"0.weight": torch.ones(1, 2)}
torch.save(small, path("zip.pt"))
torch.save(small, path("legacy.pt"), _use_new_zipfile_serialization=False)
for protocol in range(2, 6):
    with open(path(f"protocol{protocol}.pkl"), "wb") as file:
        pickle.dump({"0.weight": [1.0, 2.0]}, file, protocol)
numpy.savez(path("arrays.npz"), **{"0.weight": numpy.ones((1, 2))})
numpy.save(path("array.npy"), numpy.ones((1, 2)))
