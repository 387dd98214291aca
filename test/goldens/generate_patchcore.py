"""Golden values of PatchCore on a tiny network, from an independent reading in double precision.

Nothing here shares code with the product: features by torch in float64, aggregation, coreset, search, re-weighting and
map as the paper's equations say, by numpy and scipy. Run it to make `tiny.onnx` and `patchcore.json` anew:

    python generate_patchcore.py        # needs numpy, scipy, torch, onnx
"""

import json
import pathlib

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from scipy.ndimage import gaussian_filter

HERE = pathlib.Path(__file__).parent
SIZE, TRAIN, TEST, SEED = 64, 6, 3, 5
CORESET, NEIGHBOURS, SIGMA = 0.1, 9, 4.0
CHANNELS = (5, 7)
MASK = (1 << 64) - 1


def image(i):
    """An image that any language can draw: whole numbers only. Images from TRAIN on carry a defect."""
    y, x, c = np.meshgrid(np.arange(SIZE), np.arange(SIZE), np.arange(3), indexing="ij")
    pixels = (3 * x + 5 * y + 60 * c + 11 * i + (x * y * (i % 4 + 1)) % 97) % 256
    if i >= TRAIN:
        inside = (x >= 20) & (x < 36) & (y >= 24) & (y < 36)
        pixels = np.where(inside, (pixels * 7 + 90) % 256, pixels)
    return pixels.astype(np.float64)


def weights():
    rng = np.random.default_rng(1)
    shapes = [(CHANNELS[0], 3, 8, 8), (CHANNELS[1], CHANNELS[0], 3, 3)]
    return [(rng.standard_normal(s) / np.sqrt(np.prod(s[1:]))).astype(np.float32) for s in shapes]


def write_network(first, second):
    nodes = [
        helper.make_node("Conv", ["image", "w1"], ["c1"], strides=[8, 8]),
        helper.make_node("Relu", ["c1"], ["fine"]),
        helper.make_node("Conv", ["fine", "w2"], ["c2"], strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c2"], ["coarse"]),
    ]
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        nodes,
        "tiny",
        [value("image", ["n", 3, "h", "w"])],
        [value("fine", ["n", CHANNELS[0], "h8", "w8"]), value("coarse", ["n", CHANNELS[1], "h16", "w16"])],
        [numpy_helper.from_array(first, "w1"), numpy_helper.from_array(second, "w2")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    (HERE / "tiny.onnx").write_bytes(model.SerializeToString())


def features(i, first, second):
    x = torch.from_numpy((image(i) / 255.0).transpose(2, 0, 1)[None])
    fine = F.relu(F.conv2d(x, torch.from_numpy(first).double(), stride=8))
    coarse = F.relu(F.conv2d(fine, torch.from_numpy(second).double(), stride=2, padding=1))
    return fine, coarse


def embed(levels):
    """Paper eq. 1-3: 3x3 average with the zero padding counted, coarse level bilinear to the fine grid."""
    pooled = [F.avg_pool2d(level, 3, 1, 1, count_include_pad=True) for level in levels]
    grid = pooled[0].shape[-2:]
    maps = [pooled[0]] + [F.interpolate(p, grid, mode="bilinear", align_corners=False) for p in pooled[1:]]
    return torch.cat(maps, 1)[0].permute(1, 2, 0).reshape(-1, sum(CHANNELS)).numpy()


def first_draw(seed, count):
    z = (seed + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return (z ^ (z >> 31)) % count


def greedy(rows, count, start):
    chosen, distance = [start], np.linalg.norm(rows - rows[start], axis=1)
    while len(chosen) < count:
        chosen.append(int(np.argmax(distance)))
        distance = np.minimum(distance, np.linalg.norm(rows - rows[chosen[-1]], axis=1))
    return chosen


def image_score(patches, bank, nearest, index):
    worst = int(np.argmax(nearest))
    around = np.argsort(np.linalg.norm(bank - bank[index[worst]], axis=1), kind="stable")[:NEIGHBOURS]
    distances = np.linalg.norm(patches[worst] - bank[around], axis=1)
    softmax = np.exp(nearest[worst]) / np.exp(distances).sum()
    return (1 - softmax) * nearest[worst]


def anomaly_map(nearest, grid):
    scores = torch.from_numpy(nearest.reshape(1, 1, grid, grid))
    big = F.interpolate(scores, (SIZE, SIZE), mode="bilinear", align_corners=False)[0, 0].numpy()
    return gaussian_filter(big, SIGMA, mode="mirror", truncate=4.0)


def run(balance, first, second):
    embedded = [embed(features(i, first, second)) for i in range(TRAIN + TEST)]
    train = np.concatenate(embedded[:TRAIN])
    bounds = [slice(0, CHANNELS[0]), slice(CHANNELS[0], sum(CHANNELS))]
    scales = [1 / (train[:, b].std() * np.sqrt(c)) if balance else 1.0 for b, c in zip(bounds, CHANNELS)]
    factors = np.concatenate([np.full(c, s) for s, c in zip(scales, CHANNELS)])
    train = train * factors
    chosen = greedy(train, int(CORESET * len(train)), first_draw(SEED, len(train)))
    bank = train[chosen]
    tests = []
    for i in range(TRAIN, TRAIN + TEST):
        patches = embedded[i] * factors
        distances = np.linalg.norm(patches[:, None] - bank[None], axis=2)
        nearest, index = distances.min(1), distances.argmin(1)
        tests.append(
            {
                "neighbours": index.tolist(),
                "distances": nearest.tolist(),
                "score": image_score(patches, bank, nearest, index),
                "map_every_5th": anomaly_map(nearest, SIZE // 8)[::5, ::5].ravel().tolist(),
            }
        )
    return {"scales": scales, "embedding_rows": {r: train[r].tolist() for r in (0, 63, 200)}, "coreset": chosen, "tests": tests}


def rounded(value):
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def main():
    first, second = weights()
    write_network(first, second)
    golden = {"size": SIZE, "train": TRAIN, "seed": SEED, "coreset_share": CORESET, "channels": list(CHANNELS)}
    golden |= {"balanced": run(True, first, second), "plain": run(False, first, second)}
    (HERE / "patchcore.json").write_text(json.dumps(rounded(golden)) + "\n")


if __name__ == "__main__":
    main()
