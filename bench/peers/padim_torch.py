"""The peer of packages/core-native/bench/gaussians.mjs: PaDiM's Gaussians in torch, vectorised over all positions.

Fit: the mean and the covariance of [positions, images, columns] as one batched product, then one batched Cholesky.
Score: the better of batched solve_triangular and of the precomputed inverse with one batched product (its inversion
is not counted).

usage: padim_torch.py <features.f32> <positions> <columns> <images> <threads>
Reads commands from its input, one a line, and answers each with one line of JSON: milliseconds on the clock and of
user CPU time. `fit`, or `score <images> <first>`. `distances <first>` answers the distances of one image.
"""

import json
import resource
import sys
import time

import numpy as np
import torch

RIDGE = 0.01
path, positions, cols, images, threads = sys.argv[1], *map(int, sys.argv[2:6])
torch.set_num_threads(threads)
features = torch.from_numpy(np.fromfile(path, np.float32)).reshape(-1, positions, cols)


def user():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def timed(work):
    begin, used = time.perf_counter(), user()
    result = work()
    return {"wall": 1000 * (time.perf_counter() - begin), "cpu": 1000 * (user() - used)}, result


def fit():
    # [positions, images, columns] in memory order, as a batched product wants it.
    rows = features[:images].transpose(0, 1).contiguous()
    mean = rows.mean(1, keepdim=True)
    rows -= mean
    covariance = torch.bmm(rows.transpose(1, 2), rows)
    covariance /= images - 1
    covariance.diagonal(dim1=1, dim2=2).add_(RIDGE)
    return mean, torch.linalg.cholesky(covariance)


def by_solving(rows):
    delta = rows.transpose(0, 1) - mean
    solved = torch.linalg.solve_triangular(lower, delta.transpose(1, 2), upper=False)
    return solved.square_().sum(1).sqrt_().T.contiguous()


def by_inverse(rows):
    delta = rows.transpose(0, 1) - mean
    return torch.einsum("pnc,pnc->np", torch.bmm(delta, inverse), delta).clamp_(min=0).sqrt_()


mean = lower = inverse = None
with torch.inference_mode():
    print(json.dumps({"name": f"torch {torch.__version__}"}), flush=True)
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "fit":
            inverse = None
            answer, (mean, lower) = timed(fit)
        elif command == "score":
            count, first = map(int, arguments)
            rows = features[first : first + count]
            if inverse is None:
                inverse = torch.cholesky_inverse(lower)
            answer = {"solve": timed(lambda: by_solving(rows))[0], "inverse": timed(lambda: by_inverse(rows))[0]}
        else:
            first = int(arguments[0])
            answer = by_solving(features[first : first + 1])[0].tolist()
        print(json.dumps(answer), flush=True)
