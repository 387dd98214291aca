"""A step of ULSAD's training in PyTorch: the peer of packages/models/bench/training_step.mjs --method ulsad.

Prints {"times": [ms per step, after one that sets up memory], "peak": MB}.
"""
import argparse
import json
import math
import resource
import time

import torch
import torch.nn.functional as F
from torch import nn

parser = argparse.ArgumentParser()
for name, default in [("size", 128), ("batch", 8), ("steps", 4), ("threads", 2), ("channels", 128), ("kernel", 3)]:
    parser.add_argument("--" + name, type=int, default=default)
args = parser.parse_args()
torch.set_num_threads(args.threads)
torch.manual_seed(0)
C, SIDE, GRID = args.channels, args.size, args.size // 8


def layer(conv, norm=True):
    return nn.Sequential(conv, nn.BatchNorm2d(conv.out_channels, eps=1e-4, affine=False) if norm else nn.Identity())


class Local(nn.Module):
    def __init__(self, c, k):
        super().__init__()
        shapes = [(c, 2 * c, 3, 2), (2 * c, 4 * c, 3, 2), (4 * c, 4 * c, 3, 1)]
        self.down = nn.ModuleList(nn.Sequential(nn.Conv2d(i, o, s, t, 1, bias=False), nn.BatchNorm2d(o)) for i, o, s, t in shapes)
        shapes = [(4 * c, 2 * c, 4, 2, 1), (2 * c, c, 4, 2, 1), (c, 2 * c, k, 1, (k - 1) // 2)]
        self.up = nn.ModuleList(
            nn.Sequential(nn.ConvTranspose2d(i, o, s, t, p, bias=False), nn.BatchNorm2d(o)) for i, o, s, t, p in shapes
        )

    def forward(self, x):
        for i, step in enumerate([*self.down, *self.up]):
            x = step(x) if i == 2 else F.relu(step(x))
        return x


class Global(nn.Module):
    def __init__(self, c):
        super().__init__()
        widths = [(3, 32), (32, 32), (32, 64), (64, 64), (64, 64)]
        self.down = nn.ModuleList(layer(nn.Conv2d(i, o, 4, 2, 1, bias=False)) for i, o in widths)
        self.bottleneck = layer(nn.Conv2d(64, 64, SIDE // 32, bias=False))
        self.up = nn.ModuleList(layer(nn.Conv2d(64, 64, 4, 1, 2, bias=False)) for _ in range(5))
        self.grid = layer(nn.Conv2d(64, 64, 3, 1, 1, bias=False))
        self.last = nn.Conv2d(64, c, 3, 1, 1)

    def forward(self, x):
        for step in [*self.down, self.bottleneck]:
            x = F.relu(step(x))
        sizes = [max(1, SIDE // 64 - 1), SIDE // 32, SIDE // 16 - 1, SIDE // 8 - 1, SIDE // 4 - 1]
        for step, size in zip([*self.up, self.grid], [*sizes, GRID]):
            x = F.relu(step(F.interpolate(x, (size, size), mode="bilinear")))
        return self.last(x)


def distance(a, b):
    return ((a - b).square().mean(1) + 0.5 * (1 - F.cosine_similarity(a, b))).mean()


def attended(features, query):
    keys, asked = [x.flatten(2).transpose(1, 2) for x in (features, query)]
    weights = torch.softmax(asked @ keys.transpose(1, 2) / math.sqrt(C), -1)
    return (weights @ keys).transpose(1, 2).reshape(features.shape)


local, whole = Local(C, args.kernel), Global(C)
optimiser = torch.optim.Adam([*local.parameters(), *whole.parameters()], lr=1e-3, weight_decay=2e-5)
images = torch.rand(args.batch, 3, SIDE, SIDE) * 2 - 1
features = torch.rand(args.batch, C, GRID, GRID) * 2 - 1
times = []
for step in range(args.steps + 1):
    start = time.perf_counter()
    both, shared = local(features), whole(images)
    loss = distance(features, both[:, :C]) + distance(attended(features, features), attended(features, shared))
    loss = loss + distance(shared, both[:, C:])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step > 0:
        times.append(1000 * (time.perf_counter() - start))
print(json.dumps({"times": times, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}))
