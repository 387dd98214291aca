"""Values of the three feature maps, from a second reading of the TFLite file that shares nothing with src/build.

The flatbuffer is read with struct, the network computed in double precision with numpy.
Run in this folder with numpy: python generate.py > trunk.json
"""
import glob
import json
import re
import struct
import sys

import numpy as np

TAPS = {"s4": 3, "s8": 6, "s16": 13}
HEIGHT, WIDTH = 61, 90
SAMPLES = 64


def read(fmt, at):
    return struct.unpack_from("<" + fmt, model, at)[0]


def field(table, number):
    vtable = table - read("i", table)
    slot = 4 + 2 * number
    offset = read("H", vtable + slot) if slot < read("H", vtable) else 0
    return table + offset if offset else None


def scalar(table, number, fmt):
    at = field(table, number)
    return 0 if at is None else read(fmt, at)


def follow(at):
    return at + read("I", at)


def vector(table, number, fmt):
    at = field(table, number)
    if at is None:
        return []
    at = follow(at)
    return list(struct.unpack_from(f"<{read('I', at)}{fmt}", model, at + 4))


def children(table, number):
    start = follow(field(table, number))
    return [follow(start + 4 + 4 * i) for i in range(read("I", start))]


def constant(index):
    operator = made_by.get(index)
    if operator is not None:
        index = vector(operator, 1, "i")[0]
    raw = bytes(vector(buffers[scalar(tensors[index], 2, "I")], 0, "B"))
    kind = {0: "<f4", 1: "<f2"}[scalar(tensors[index], 1, "b")]
    return np.frombuffer(raw, kind).astype(np.float64).reshape(vector(tensors[index], 0, "i"))


def same_padded(x, kernel, stride):
    pads = [(0, 0)]
    for size, k, s in zip(x.shape[1:3], kernel, stride):
        total = max((-(-size // s) - 1) * s + k - size, 0)
        pads.append((total // 2, total - total // 2))
    return np.pad(x, pads + [(0, 0)])


def convolve(x, weights, bias, stride, depthwise):
    _, kh, kw, _ = weights.shape
    height, width = -(-x.shape[1] // stride[0]), -(-x.shape[2] // stride[1])
    x = same_padded(x, (kh, kw), stride)
    total = 0
    for i in range(kh):
        for j in range(kw):
            part = x[:, i : i + height * stride[0] : stride[0], j : j + width * stride[1] : stride[1]]
            part = part[:, :height, :width]
            total = total + (part * weights[0, i, j] if depthwise else part @ weights[:, i, j].T)
    return total + bias


def activation(index):
    if index not in known:
        known[index] = compute(made_by[index])
    return known[index]


def compute(operator):
    code = codes[scalar(operator, 0, "I")]
    inputs, options = vector(operator, 1, "i"), follow(field(operator, 4))
    if code == 0:
        result, act = activation(inputs[0]) + activation(inputs[1]), scalar(options, 0, "b")
    else:
        assert code in (3, 4) and scalar(options, 0, "b") == 0
        stride = scalar(options, 2, "i"), scalar(options, 1, "i")
        x, weights, bias = activation(inputs[0]), constant(inputs[1]), constant(inputs[2])
        result = convolve(x, weights, bias, stride, depthwise=code == 4)
        act = scalar(options, 3 if code == 3 else 4, "b")
    assert act in (0, 3)
    return np.clip(result, 0, 6) if act == 3 else result


folder = sys.argv[1] if len(sys.argv) > 1 else "../node_modules/@mediapipe/objectron"
loader = open(glob.glob(f"{folder}/*_packed_assets_loader.js")[0]).read()
entry = next(
    f
    for f in json.loads(re.search(r"loadPackage\((\{.*?\})\)", loader, re.S)[1])["files"]
    if "ssd_mobilenetv2" in f["filename"]
)
model = open(glob.glob(f"{folder}/*_packed_assets.data")[0], "rb").read()[entry["start"] : entry["end"]]

root = follow(0)
codes = [scalar(c, 3, "i") or scalar(c, 0, "b") for c in children(root, 1)]
graph = children(root, 2)[0]
buffers = children(root, 4)
tensors = children(graph, 0)
made_by = {output: o for o in children(graph, 3) for output in vector(o, 2, "i")}

y, x, c = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), np.arange(3), indexing="ij")
image = (7 * x + 13 * y + 50 * c + x * y % 31) % 256
known = {vector(graph, 1, "i")[0]: image[None] / 127.5 - 1}

maps = {}
for name, block in TAPS.items():
    prefix = f"FeatureExtractor/MobilenetV2/expanded_conv_{block}/expand/".encode()
    (index,) = [
        i
        for i in made_by
        if bytes(vector(tensors[i], 3, "B")).startswith(prefix) and codes[scalar(made_by[i], 0, "I")] == 3
    ]
    values = activation(index)[0].transpose(2, 0, 1)
    flat = values.reshape(-1)
    at = (np.arange(SAMPLES) * 7919) % flat.size
    maps[name] = {
        "shape": list(values.shape),
        "mean": flat.mean(),
        "samples": [[int(i), round(float(flat[i]), 9)] for i in at],
    }
json.dump({"height": HEIGHT, "width": WIDTH, "maps": maps}, sys.stdout, indent=1)
