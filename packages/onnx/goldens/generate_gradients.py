"""Golden gradients of every differentiable operator, by PyTorch's autograd in double precision.

    python generate_gradients.py     writes gradients.json beside this file

Inputs are not stored: value(i, k) below is computed by the tests as well. The loss of each case is the sum of the
operator's output times weights made in the same way, so that every output counts differently.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def values(shape, k):
    """The k-th tensor of a case: numbers in [-1, 1), rounded to single precision."""
    size = math.prod(shape)
    numbers = []
    for i in range(size):
        x = math.sin(12.9898 * (i + 1) + 78.233 * (k + 1)) * 437.585453
        numbers.append(2 * (x - math.floor(x)) - 1)
    return torch.tensor(numbers, dtype=torch.float32).double().reshape(shape)


def window(o):
    return dict(stride=tuple(o.get("strides", (1, 1))), dilation=tuple(o.get("dilations", (1, 1))))


def padded(x, o, value=0.0):
    top, left, bottom, right = o.get("pads", (0, 0, 0, 0))
    return F.pad(x, (left, right, top, bottom), value=value)


def conv(o, x, w, b=None):
    return F.conv2d(padded(x, o), w, b, groups=o.get("group", 1), **window(o))


def conv_transpose(o, x, w, b=None):
    top, left, bottom, right = o.get("pads", (0, 0, 0, 0))
    y = F.conv_transpose2d(x, w, b, **window(o))
    return y[:, :, top : y.shape[2] - bottom, left : y.shape[3] - right]


def max_pool(o, x):
    return F.max_pool2d(padded(x, o, -math.inf), o["kernel"], **window(o))


def l2(x, eps):
    return x / x.norm(dim=1, keepdim=True).clamp_min(eps)


OPS = {
    "conv": conv,
    "convTranspose": conv_transpose,
    "batchNorm": lambda o, x, g, b: F.batch_norm(x, None, None, g, b, True, eps=1e-5),
    "batchNormInference": lambda o, x, g, b: F.batch_norm(
        x, values([x.shape[1]], 7), values([x.shape[1]], 8).abs() + 0.5, g, b, False, eps=1e-5
    ),
    "relu": lambda o, x: torch.relu(x),
    "leakyRelu": lambda o, x: F.leaky_relu(x, o["alpha"]),
    "clip": lambda o, x: x.clamp(o["low"], o["high"]),
    "softmax": lambda o, x: torch.softmax(x, -1),
    "maxPool": max_pool,
    "add": lambda o, a, b: a + b,
    "sub": lambda o, a, b: a - b,
    "mul": lambda o, a, b: a * b,
    "scale": lambda o, a: a * o["factor"],
    "square": lambda o, a: a * a,
    "sum": lambda o, a: a.sum(o["axes"], keepdim=True),
    "mean": lambda o, a: a.mean(o["axes"], keepdim=True),
    "l2Normalise": lambda o, a: l2(a, 1e-12),
    "cosine": lambda o, a, b: F.cosine_similarity(a, b, dim=1, eps=1e-8)[:, None],
    "matmul": lambda o, a, b: a @ b,
    "attention": lambda o, q, k, v: F.scaled_dot_product_attention(q, k, v),
    "transpose": lambda o, a: a.permute(o["perm"]),
    "reshape": lambda o, a: a.reshape(o["shape"]),
    "slice": lambda o, a: a.narrow(o["axis"], o["start"], o["end"] - o["start"]),
    "concat": lambda o, *parts: torch.cat(parts, o["axis"]),
    "resize": lambda o, a: F.interpolate(a, tuple(o["size"]), mode="bilinear"),
}


def same(stride, pad):
    return {"strides": [stride, stride], "pads": [pad] * 4}


def conv_case(n, c, h, w, k, kh, kw, bias=True, **o):
    group = o.get("group", 1)
    return ("conv", [[n, c, h, w], [k, c // group, kh, kw]] + ([[k]] if bias else []), o)


CASES = [
    conv_case(2, 3, 6, 5, 4, 3, 3, **same(1, 1)),
    conv_case(1, 3, 7, 6, 2, 3, 3, **same(2, 1)),
    conv_case(2, 2, 6, 6, 3, 3, 3, bias=False, **same(2, 1)),
    conv_case(1, 4, 5, 7, 3, 1, 1),
    conv_case(2, 3, 6, 5, 2, 1, 1, **same(2, 0)),
    conv_case(1, 2, 8, 8, 2, 4, 4, **same(2, 1)),
    conv_case(1, 3, 12, 11, 2, 7, 7, bias=False, **same(2, 3)),
    conv_case(2, 9, 5, 5, 2, 5, 5, **same(1, 2)),
    conv_case(1, 2, 5, 5, 2, 5, 5),
    conv_case(1, 2, 6, 5, 2, 4, 4, **same(1, 2)),
    conv_case(1, 2, 7, 9, 3, 3, 2, strides=[2, 3], pads=[0, 1, 2, 0]),
    conv_case(1, 2, 8, 7, 2, 3, 3, strides=[1, 2], pads=[2, 2, 2, 2], dilations=[2, 2]),
    conv_case(1, 2, 5, 4, 2, 1, 1, pads=[1, 1, 1, 1]),
    conv_case(1, 2, 6, 5, 3, 3, 4, pads=[0, 1, 2, 3]),
    conv_case(2, 3, 6, 5, 3, 3, 3, group=3, **same(2, 1)),
    ("convTranspose", [[1, 3, 3, 4], [3, 2, 4, 4], [2]], same(2, 1)),
    ("convTranspose", [[2, 2, 4, 3], [2, 3, 5, 5], [3]], same(1, 2)),
    ("convTranspose", [[1, 2, 3, 3], [2, 2, 3, 2]], {"strides": [3, 2], "pads": [1, 0, 0, 1]}),
    ("convTranspose", [[1, 2, 4, 3], [2, 3, 3, 4]], {"pads": [0, 1, 2, 3]}),
    ("batchNorm", [[3, 2, 3, 4], [2], [2]], {}),
    ("batchNorm", [[1, 3, 4, 3], [3], [3]], {}),
    ("batchNormInference", [[2, 3, 2, 3], [3], [3]], {}),
    ("relu", [[3, 7]], {}),
    ("leakyRelu", [[3, 7]], {"alpha": 0.2}),
    ("clip", [[4, 6]], {"low": -0.3, "high": 0.4}),
    ("softmax", [[2, 3, 5]], {}),
    ("maxPool", [[2, 2, 7, 6]], {"kernel": [3, 3], **same(2, 1)}),
    ("maxPool", [[1, 2, 5, 5]], {"kernel": [2, 3], "strides": [2, 1]}),
    ("add", [[2, 3, 2, 2], [1, 3, 1, 1]], {}),
    ("add", [[3, 1], [2, 3, 4]], {}),
    ("sub", [[2, 3], [2, 3]], {}),
    ("sub", [[3], [2, 3]], {}),
    ("mul", [[2, 3, 2, 2], [3, 1, 1]], {}),
    ("scale", [[2, 3]], {"factor": -1.75}),
    ("square", [[2, 3]], {}),
    ("sum", [[2, 3, 4]], {"axes": [1]}),
    ("mean", [[2, 3, 4, 2]], {"axes": [0, 2, 3]}),
    ("l2Normalise", [[2, 4, 2, 3]], {}),
    ("cosine", [[2, 4, 2, 2], [2, 4, 2, 2]], {}),
    ("matmul", [[3, 4], [4, 2]], {}),
    ("matmul", [[2, 3, 4], [4, 2]], {}),
    ("matmul", [[2, 3, 4], [2, 4, 5]], {}),
    ("attention", [[2, 3, 4], [2, 5, 4], [2, 5, 4]], {}),
    ("transpose", [[2, 3, 4]], {"perm": [2, 0, 1]}),
    ("reshape", [[2, 6]], {"shape": [3, 4]}),
    ("slice", [[2, 6, 3]], {"axis": 1, "start": 2, "end": 5}),
    ("concat", [[2, 3], [2, 1], [2, 2]], {"axis": 1}),
    ("resize", [[1, 2, 5, 4]], {"size": [9, 7]}),
    ("resize", [[2, 1, 8, 9]], {"size": [3, 4]}),
    ("resize", [[1, 2, 1, 1]], {"size": [3, 3]}),
    ("resize", [[1, 1, 4, 4]], {"size": [4, 9]}),
]


def run(op, shapes, options):
    inputs = [values(shape, k).requires_grad_() for k, shape in enumerate(shapes)]
    y = OPS[op](options, *inputs)
    loss = (y * values(y.shape, len(shapes))).sum()
    gradients = torch.autograd.grad(loss, inputs)
    return {
        "op": op,
        "shapes": shapes,
        "options": options,
        "loss": float(f"{loss.item():.9g}"),
        "gradients": [[float(f"{v:.8g}") for v in g.flatten().tolist()] for g in gradients],
    }


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("gradients.json")
    path.write_text("[\n" + ",\n".join(json.dumps(run(*case)) for case in CASES) + "\n]\n")
