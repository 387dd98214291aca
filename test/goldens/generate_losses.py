"""First-step losses and gradients of STFPM and ULSAD on small networks, by PyTorch in double precision.

    python generate_losses.py     writes losses.json beside this file

Inputs and weights are not stored: values() of packages/onnx/goldens/generate_gradients.py is computed by the tests as
well. Of each gradient its largest value and 16 values evenly spread are kept.
"""
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "packages/onnx/goldens"))
from generate_gradients import values  # noqa: E402

torch.set_num_threads(1)


class Weights:
    """Layers whose weights are values(shape, k), k counted from 100, divided by the square root of their fan in."""

    def __init__(self):
        self.tensors = {}

    def weight(self, name, shape):
        w = values(shape, 100 + len(self.tensors)) / math.sqrt(math.prod(shape[1:]))
        self.tensors[name + ".weight"] = w.requires_grad_()
        return w

    def constant(self, name, n, value):
        self.tensors[name] = torch.full((n,), float(value), dtype=torch.float64).requires_grad_()
        return self.tensors[name]

    def norm(self, name, x, affine=True, eps=1e-5):
        g = self.constant(name + ".gamma", x.shape[1], 1) if affine else None
        b = self.constant(name + ".beta", x.shape[1], 0) if affine else None
        return F.batch_norm(x, None, None, g, b, True, eps=eps)

    def conv_norm(self, name, x, k, side, stride=1, pad=0, **norm):
        return self.norm(name, F.conv2d(x, self.weight(name, [k, x.shape[1], side, side]), None, stride, pad), **norm)

    def transposed_norm(self, name, x, k, side, stride=1, pad=0):
        w = self.weight(name, [x.shape[1], k, side, side])
        return self.norm(name, F.conv_transpose2d(x, w, None, stride, pad))

    def conv(self, name, x, k, side, pad):
        w = self.weight(name, [k, x.shape[1], side, side])
        return F.conv2d(x, w, self.constant(name + ".bias", k, 0), 1, pad)


def stfpm():
    """A stem, a plain block and one that halves the grid, as in a ResNet."""
    net = Weights()
    x = values([3, 3, 33, 30], 0)
    y = F.max_pool2d(F.relu(net.conv_norm("c0", x, 4, 7, 2, 3)), 3, 2, 1)
    z = F.relu(net.conv_norm("c1", y, 4, 3, 1, 1))
    first = F.relu(net.conv_norm("c2", z, 4, 3, 1, 1) + y)
    z = F.relu(net.conv_norm("c3", first, 6, 3, 2, 1))
    z = net.conv_norm("c4", z, 6, 3, 1, 1)
    second = F.relu(z + net.conv_norm("c5", first, 6, 1, 2))
    loss = 0
    for k, student in enumerate([first, second]):
        teacher = values(student.shape, k + 1)
        distance = (F.normalize(student, dim=1) - F.normalize(teacher, dim=1)).square().sum(1) / 2
        loss = loss + distance.mean()
    return net, loss


def distance(a, b):
    return (a - b).square().mean(1) + 0.5 * (1 - F.cosine_similarity(a, b, dim=1, eps=1e-8))


def attended(features, query):
    rows = lambda x: x.flatten(2).transpose(1, 2)
    keys = rows(features)
    answer = F.scaled_dot_product_attention(rows(query), keys, keys)
    return answer.transpose(1, 2).reshape(features.shape)


def ulsad(last, rectified, n=4, c=4, side=128, grid=16):
    net = Weights()
    image, features = values([n, 3, side, side], 0), values([n, c, grid, grid], 1)
    plain = {"affine": False, "eps": 1e-4}
    y = image
    for i, k in enumerate([32, 32, 64, 64, 64]):
        y = F.relu(net.conv_norm(f"global.encoder{i + 1}", y, k, 4, 2, 1, **plain))
    y = F.relu(net.conv_norm("global.encoder6", y, 64, side // 32, **plain))
    up = lambda x, s: F.interpolate(x, (s, s), mode="bilinear")
    for i, s in enumerate([side // 64 - 1, side // 32, side // 16 - 1, side // 8 - 1, side // 4 - 1]):
        y = F.relu(net.conv_norm(f"global.decoder{i + 1}", up(y, s), 64, 4, 1, 2, **plain))
    y = F.relu(net.conv_norm("global.decoder6", up(y, grid), 64, 3, 1, 1, **plain))
    whole = net.conv("global.decoder7", y, c, 3, 1)
    y = F.relu(net.conv_norm("local.encoder1", features, 2 * c, 3, 2, 1))
    y = F.relu(net.conv_norm("local.encoder2", y, 4 * c, 3, 2, 1))
    y = net.conv_norm("local.encoder3", y, 4 * c, 3, 1, 1)
    y = F.relu(net.transposed_norm("local.decoder1", y, 2 * c, 4, 2, 1))
    y = F.relu(net.transposed_norm("local.decoder2", y, c, 4, 2, 1))
    y = net.transposed_norm("local.decoder3", y, 2 * c, last, 1, (last - 1) // 2)
    y = F.relu(y) if rectified else y
    local, shared = y[:, :c], y[:, c:]
    attention = distance(attended(features, features), attended(features, whole))
    loss = distance(features, local).mean() + attention.mean() + distance(whole, shared).mean()
    return net, loss


def summary(net, loss):
    loss.backward()

    def of(g):
        g = g.flatten()
        at = [i * len(g) // 16 for i in range(16)] if len(g) > 16 else range(len(g))
        return {"largest": g.abs().max().item(), "sample": [float(f"{g[i].item():.8g}") for i in at]}

    return {"loss": loss.item(), "gradients": {name: of(w.grad) for name, w in net.tensors.items()}}


LOSSES = {
    "stfpm": stfpm(),
    "ulsad, preset paper": ulsad(last=5, rectified=True),
    "ulsad, preset fast": ulsad(last=3, rectified=False),
}
golden = {name: summary(*loss) for name, loss in LOSSES.items()}
(HERE / "losses.json").write_text(json.dumps(golden) + "\n")
