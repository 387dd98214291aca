"""Golden values of the methods that keep no memory bank, on the network of `generate_patchcore.py`, from an independent
reading in double precision: numpy, scipy, scikit-learn, torch in float64. Run it to make `methods.json` anew:

    python generate_methods.py        # needs numpy, scipy, scikit-learn, torch, onnx
"""

import json

import numpy as np
import torch
import torch.nn.functional as F
from generate_patchcore import HERE, TEST, TRAIN, anomaly_map, features, rounded, weights
from scipy import stats
from sklearn.covariance import ledoit_wolf
from sklearn.decomposition import PCA

NETWORK = weights()
LAYERS = ("fine", "coarse")


def maps(i, layers):
    found = dict(zip(LAYERS, features(i, *NETWORK)))
    return [found[layer][0] for layer in layers]


def everything(layers, of):
    """Training images, then test images, each as `of` its maps."""
    return [np.stack([of(maps(i, layers)) for i in part]) for part in (range(TRAIN), range(TRAIN, TRAIN + TEST))]


def on_finest(levels, mode):
    options = {} if mode == "nearest" else {"align_corners": False}
    size = levels[0].shape[-2:]
    resized = [F.interpolate(level[None], size, mode=mode, **options)[0] for level in levels]
    return torch.cat(resized).permute(1, 2, 0).reshape(-1, sum(len(level) for level in levels)).numpy()


def average(levels):
    return np.concatenate([level.mean((1, 2)).numpy() for level in levels])


def pooled(levels, pool):
    return [F.avg_pool2d(level[None], pool)[0] for level in levels]


def padim(layers, ridge):
    train, test = everything(layers, lambda levels: on_finest(levels, "nearest"))
    patches = []
    for position in range(train.shape[1]):
        rows = train[:, position]
        precision = np.linalg.inv(np.cov(rows.T) + ridge * np.eye(rows.shape[1]))
        apart = test[:, position] - rows.mean(0)
        patches.append(np.sqrt(np.einsum("nc,cd,nd->n", apart, precision, apart)))
    patches = np.array(patches).T
    grid = round(patches.shape[1] ** 0.5)
    return np.array([anomaly_map(one, grid).max() for one in patches]), patches


def spade(layers, galleryImages, patchNeighbours):
    train, test = everything(layers, lambda levels: average(levels[-1:]))
    gallery, queries = everything(layers, lambda levels: on_finest(levels, "bilinear"))
    scores, patches = [], []
    for vector, query in zip(test, queries):
        squared = ((train - vector) ** 2).sum(1)
        nearest = np.argsort(squared, kind="stable")[:galleryImages]
        scores.append(squared[nearest].mean())
        rows = np.concatenate(gallery[nearest])
        apart = ((query[:, None] - rows[None]) ** 2).sum(2)
        patches.append(np.sort(apart, 1)[:, :patchNeighbours].mean(1))
    return np.array(scores), np.array(patches)


def dfm(layers, pool, keep, score):
    flat = lambda levels: np.concatenate([level.flatten().numpy() for level in pooled(levels, pool)])
    train, test = everything(layers, flat)
    subspace = PCA(keep, svd_solver="full").fit(train)
    coordinates = subspace.transform(test)
    if score == "nll":
        deviation = subspace.singular_values_ / np.sqrt(len(train))
        return ((coordinates / deviation) ** 2).sum(1) + 2 * np.log(deviation).sum(), None
    residual = torch.from_numpy(test - subspace.inverse_transform(coordinates))
    shapes = [level.shape for level in pooled(maps(0, layers), pool)]
    finest = maps(0, layers)[0].shape[-2:]
    errors = 0
    for part, shape in zip(residual.split([np.prod(s) for s in shapes], 1), shapes):
        squares = part.reshape(-1, *shape).square().sum(1, keepdim=True)
        errors = errors + F.interpolate(squares, finest, mode="bilinear", align_corners=False)
    return residual.square().sum(1).numpy(), errors.flatten(1).numpy()


def dfkde(layers, components, scaling, bandwidth):
    train, test = everything(layers, average)
    reduced = PCA(components, svd_solver="full").fit(train)
    train, test = reduced.transform(train), reduced.transform(test)
    lengths = lambda rows: np.linalg.norm(rows, axis=1, keepdims=True)
    longest = lengths(train).max()
    by = lengths if scaling == "norm" else lambda _: longest
    density = stats.gaussian_kde((train / by(train)).T, bandwidth)
    return -density.logpdf((test / by(test)).T), None


def mahalanobis(layers):
    total = 0
    for layer in layers:
        train, test = everything([layer], average)
        covariance, _ = ledoit_wolf(train)
        apart = test - train.mean(0)
        total = total + np.sqrt(np.einsum("nc,cd,nd->n", apart, np.linalg.inv(covariance), apart))
    return total, None


CASES = [
    (padim, LAYERS, {"ridge": 0.01}, {"channels": 12}),
    (padim, LAYERS[1:], {"ridge": 1e-4}, {"channels": 7}),
    (spade, LAYERS, {"galleryImages": 3, "patchNeighbours": 2}, {}),
    (spade, LAYERS, {"galleryImages": 50, "patchNeighbours": 1}, {}),
    (dfm, LAYERS, {"pool": 2, "keep": 0.9, "score": "fre"}, {}),
    (dfm, LAYERS[1:], {"pool": 2, "keep": 2, "score": "fre"}, {}),
    (dfm, LAYERS, {"pool": 4, "keep": 3, "score": "nll"}, {}),
    (dfkde, LAYERS[1:], {"components": 3, "scaling": "scale", "bandwidth": "scott"}, {}),
    (dfkde, LAYERS, {"components": 2, "scaling": "norm", "bandwidth": 0.5}, {}),
    (mahalanobis, LAYERS, {}, {}),
]


def main():
    golden = []
    for method, layers, settings, more in CASES:
        scores, patches = method(layers, **settings)
        case = {"method": method.__name__, "layers": layers, "settings": {**settings, **more}}
        case["scores"] = scores.tolist()
        if patches is not None:
            grid = round(patches.shape[1] ** 0.5)
            case["map_every_5th"] = [anomaly_map(one, grid)[::5, ::5].ravel().tolist() for one in patches]
        golden.append(case)
    (HERE / "methods.json").write_text(json.dumps(rounded(golden)) + "\n")


if __name__ == "__main__":
    main()
