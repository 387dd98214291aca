"""A step of STFPM's training in PyTorch: the peer of packages/models/bench/training_step.mjs.

Prints {"times": [ms per step, after one that sets up memory], "peak": MB}.
"""
import argparse
import json
import resource
import time

import torch
import torch.nn.functional as F
from torch import nn

parser = argparse.ArgumentParser()
for name, default in [("size", 128), ("batch", 32), ("steps", 4), ("threads", 2)]:
    parser.add_argument("--" + name, type=int, default=default)
args = parser.parse_args()
torch.set_num_threads(args.threads)
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, c, k, stride):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(c, k, 3, stride, 1, bias=False), nn.BatchNorm2d(k), nn.ReLU(),
            nn.Conv2d(k, k, 3, 1, 1, bias=False), nn.BatchNorm2d(k),
        )
        side = nn.Sequential(nn.Conv2d(c, k, 1, stride, bias=False), nn.BatchNorm2d(k))
        self.side = side if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.main(x) + self.side(x))


class Student(nn.Module):
    """The first three layers of ResNet-18."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        widths = [(64, 64, 1), (64, 128, 2), (128, 256, 2)]
        self.layers = nn.ModuleList(nn.Sequential(Block(c, k, s), Block(k, k, 1)) for c, k, s in widths)

    def forward(self, x):
        x, maps = self.stem(x), []
        for layer in self.layers:
            x = layer(x)
            maps.append(x)
        return maps


net = Student()
optimiser = torch.optim.SGD(net.parameters(), lr=0.4, momentum=0.9, weight_decay=1e-3)
images = torch.rand(args.batch, 3, args.size, args.size) * 2 - 1
with torch.no_grad():
    teacher = [torch.rand_like(m) * 2 - 1 for m in net(images)]
times = []
for step in range(args.steps + 1):
    start = time.perf_counter()
    loss = sum(
        (F.normalize(s, dim=1) - F.normalize(t, dim=1)).square().sum(1).mean() / 2 for s, t in zip(net(images), teacher)
    )
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step > 0:
        times.append(1000 * (time.perf_counter() - start))
print(json.dumps({"times": times, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}))
