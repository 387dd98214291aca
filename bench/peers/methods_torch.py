"""The methods that need no training, written once more in torch and scipy: what their scores are compared with.
Reads images itself; shares nothing with the toolkit but the ONNX file. Prints one line of JSON per method:
image scores by path, and AUROC and AUPRO over the test set.

usage: methods_torch.py --data <MVTec layout> --backbone <resnet18 .onnx> --layers layer1,layer2
                        --methods padim,dfm,... [--channels file.json] [--features folder]

--channels: the channels that PaDiM keeps, as a JSON list. Which ones are kept is the only random choice.
--features: feature maps written by packages/models/bench/methods.mjs instead of own ones, so that what is left to
differ is the method alone, not the resizing of images.
"""

import argparse
import json
import pathlib
import sys
import time

import numpy as np
import onnxruntime
import torch
from PIL import Image
from scipy import ndimage, stats
from sklearn.covariance import ledoit_wolf
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from torch.nn import functional

SIZE = 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
torch.set_num_threads(2)


def shorter_side(image, size, how):
    scale = size / min(image.size)
    return image.resize([round(side * scale) for side in image.size], how)


def centre(image):
    left, top = [(side - SIZE) // 2 for side in image.size]
    return image.crop((left, top, left + SIZE, top + SIZE))


def pixels(path):
    image = centre(shorter_side(Image.open(path).convert("RGB"), 256, Image.Resampling.BILINEAR))
    values = (np.asarray(image, np.float32) / 255 - MEAN) / STD
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def mask(path):
    image = centre(shorter_side(Image.open(path).convert("L"), 256, Image.Resampling.NEAREST))
    return np.asarray(image) > 127


class Features:
    """Maps of each layer for a list of images: [n, c, h, w]."""

    def __init__(self, layers):
        self.layers = [torch.from_numpy(maps) for maps in layers]

    @staticmethod
    def extract(backbone, paths, names):
        session = onnxruntime.InferenceSession(backbone)
        outputs = [session.run(names, {session.get_inputs()[0].name: pixels(path)}) for path in paths]
        return Features([np.concatenate(maps) for maps in zip(*outputs)])

    @staticmethod
    def read(folder, part):
        shapes = json.loads((folder / f"{part}.json").read_text())
        files = [folder / f"{part}.{i}.f32" for i in range(len(shapes))]
        return Features([np.fromfile(file, np.float32).reshape(shape) for file, shape in zip(files, shapes)])


def on_finest_grid(layers, mode):
    size = layers[0].shape[-2:]
    options = {} if mode == "nearest" else {"align_corners": False}
    return torch.cat([functional.interpolate(layer, size=size, mode=mode, **options) for layer in layers], 1)


def anomaly_map(scores):
    """[n, h, w] to the input size: bilinear, Gaussian of sigma 4 cut at 4 sigma."""
    large = functional.interpolate(scores[:, None], size=(SIZE, SIZE), mode="bilinear", align_corners=False)
    return np.stack([ndimage.gaussian_filter(one, 4, mode="mirror", truncate=4) for one in large[:, 0].numpy()])


def padim(train, test, channels):
    fit, score = [on_finest_grid(f.layers, "nearest")[:, channels] for f in (train, test)]
    n, c, h, w = fit.shape
    fit = fit.permute(2, 3, 0, 1).reshape(h * w, n, c).double()
    score = score.permute(2, 3, 0, 1).reshape(h * w, -1, c).double()
    mean = fit.mean(1, keepdim=True)
    apart = fit - mean
    covariance = apart.transpose(1, 2) @ apart / (n - 1) + 0.01 * torch.eye(c, dtype=torch.float64)
    factor = torch.linalg.cholesky(covariance)
    solved = torch.linalg.solve_triangular(factor, (score - mean).transpose(1, 2), upper=False)
    maps = solved.norm(dim=1).T.reshape(-1, h, w).float()
    return maps.flatten(1).max(1).values.numpy(), anomaly_map(maps)


def dfkde(train, test, _):
    fit, score = [f.layers[-1].mean((2, 3)).double().numpy() for f in (train, test)]
    reduced = PCA(16, svd_solver="full").fit(fit)
    fit, score = reduced.transform(fit), reduced.transform(score)
    length = np.linalg.norm(fit, axis=1).max()
    density = stats.gaussian_kde((fit / length).T)
    return -density.logpdf((score / length).T), None


def dfm_features(features):
    return functional.avg_pool2d(features.layers[-1], 4).flatten(1).double().numpy()


def dfm(train, test, _):
    reduced = PCA(0.97, svd_solver="full").fit(dfm_features(train))
    score = dfm_features(test)
    return ((score - reduced.inverse_transform(reduced.transform(score))) ** 2).sum(1), None


def dfm_nll(train, test, _):
    fit = dfm_features(train)
    reduced = PCA(0.97, svd_solver="full").fit(fit)
    deviation = reduced.singular_values_ / np.sqrt(len(fit))
    return ((reduced.transform(dfm_features(test)) / deviation) ** 2).sum(1) + 2 * np.log(deviation).sum(), None


def mahalanobis(train, test, _):
    total = 0
    for fit, score in zip(train.layers, test.layers):
        fit, score = [layer.mean((2, 3)).double().numpy() for layer in (fit, score)]
        covariance, _ = ledoit_wolf(fit)
        apart = score - fit.mean(0)
        total = total + np.sqrt((apart @ np.linalg.inv(covariance) * apart).sum(1))
    return total, None


def spade(train, test, _, images=50):
    fit, score = [f.layers[-1].mean((2, 3)) for f in (train, test)]
    distances, nearest = torch.cdist(score, fit).topk(min(images, len(fit)), largest=False)
    gallery, queries = [on_finest_grid(f.layers, "bilinear").permute(0, 2, 3, 1) for f in (train, test)]
    _, h, w, c = queries.shape
    maps = []
    for query, chosen in zip(queries.reshape(-1, h * w, c), nearest):
        best = torch.full((h * w,), float("inf"))
        for image in chosen:
            best = torch.minimum(best, torch.cdist(query, gallery[image].reshape(-1, c)).min(1).values)
        maps.append((best**2).reshape(h, w))
    return (distances**2).mean(1).numpy(), anomaly_map(torch.stack(maps))


METHODS = {f.__name__: f for f in (padim, dfkde, dfm, dfm_nll, mahalanobis, spade)}


def aupro(maps, masks, limit=0.3):
    """Every distinct threshold, 8-connected regions, interpolated at the limit."""
    weights = np.zeros(masks.shape)
    count = 0
    for image, truth in enumerate(masks):
        regions, found = ndimage.label(truth, np.ones((3, 3)))
        for region in range(1, found + 1):
            inside = regions == region
            weights[image][inside] = 1 / inside.sum()
        count += found
    order = np.argsort(-maps.ravel(), kind="stable")
    scores, recall = maps.ravel()[order], np.cumsum(weights.ravel()[order]) / count
    false = np.cumsum(~masks.ravel()[order]) / (~masks).sum()
    last = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    x, y = np.append(0, false[last]), np.append(0, recall[last])
    at = np.searchsorted(x, limit, side="right")
    y_limit = y[at - 1] + (y[at] - y[at - 1]) * (limit - x[at - 1]) / (x[at] - x[at - 1])
    return np.trapezoid(np.append(y[:at], y_limit), np.append(x[:at], limit)) / limit


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--methods", required=True)
    parser.add_argument("--layers", required=True)
    parser.add_argument("--channels")
    parser.add_argument("--features", type=pathlib.Path)
    args = parser.parse_args()
    channels = json.loads(pathlib.Path(args.channels).read_text()) if args.channels else None

    paths = sorted(path for kind in (args.data / "test").iterdir() for path in kind.iterdir())
    truth = []
    for path in paths:
        file = args.data / "ground_truth" / path.parent.name / f"{path.stem}_mask.png"
        truth.append(mask(file) if path.parent.name != "good" else np.zeros((SIZE, SIZE), bool))
    masks = np.stack(truth)
    labels = [path.parent.name != "good" for path in paths]
    if args.features:
        train, test = [Features.read(args.features, part) for part in ("train", "test")]
    else:
        names = args.layers.split(",")
        train = Features.extract(args.backbone, sorted((args.data / "train" / "good").iterdir()), names)
        test = Features.extract(args.backbone, paths, names)

    for name in args.methods.split(","):
        begin = time.perf_counter()
        scores, maps = METHODS[name](train, test, channels)
        seconds = time.perf_counter() - begin
        result = {"method": name, "image_auroc": roc_auc_score(labels, scores), "seconds": seconds}
        if maps is not None:
            result["pixel_auroc"] = roc_auc_score(masks.ravel(), maps.ravel())
            result["aupro"] = aupro(maps, masks)
        by_path = {str(path.relative_to(args.data)): float(score) for path, score in zip(paths, scores)}
        print(json.dumps({**result, "scores": by_path}), flush=True)
        print(name, f"{seconds:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
