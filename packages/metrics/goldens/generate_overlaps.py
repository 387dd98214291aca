"""Golden values of everything that is computed from maps and masks: the published definitions, threshold by threshold,
with scipy's connected components.

usage: generate_overlaps.py > overlaps.json    (numpy, scipy, scikit-learn; versions are written into the file)
"""

import json
import sys

import numpy as np
import scipy
import sklearn
from scipy import ndimage
from sklearn import metrics

rng = np.random.default_rng(7)
WIDTH, HEIGHT = 14, 11


def draw_set(decimals):
    """Six images, two of them good; blobs that touch at corners, and scores with ties."""
    maps, masks = [], []
    for i in range(6):
        mask = ndimage.gaussian_filter(rng.normal(size=(HEIGHT, WIDTH)), 1.2) > 0.28 if i > 1 else np.zeros((HEIGHT, WIDTH), bool)
        maps.append(np.round(rng.normal(size=mask.shape) + 1.2 * mask, decimals).astype(np.float32))
        masks.append(mask)
    return maps, masks


def eight_connected(mask):
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    return [labels == k + 1 for k in range(count)]


def area_up_to(fprs, values, limit):
    """Trapezoids of the curve through (0, 0), cut at the limit."""
    fprs, values = np.array([0.0, *fprs]), np.array([0.0, *values])
    area = 0.0
    for k in range(1, len(fprs)):
        if fprs[k - 1] >= limit:
            break
        width = fprs[k] - fprs[k - 1]
        if width == 0:
            continue
        end = min(fprs[k], limit)
        at_end = values[k - 1] + (end - fprs[k - 1]) / width * (values[k] - values[k - 1])
        area += (end - fprs[k - 1]) * (values[k - 1] + at_end) / 2
    return area / limit


def overlap_area(maps, regions, good, limit):
    """regions: per image a list of (mask, pixels that suffice); good: per image the pixels that count for the FPR."""
    thresholds = np.unique(np.concatenate([m.ravel() for m in maps]))[::-1]
    good_total = sum(g.sum() for g in good)
    fprs, values = [], []
    for t in thresholds:
        fprs.append(sum((m[g] >= t).sum() for m, g in zip(maps, good)) / good_total)
        values.append(np.mean([min((m[r] >= t).sum() / s, 1) for m, rs in zip(maps, regions) for r, s in rs]))
    return area_up_to(fprs, values, limit)


def aupimo(maps, masks, low, high):
    """For each rate the lowest threshold whose mean FPR over good images is at most it: an integral of steps."""
    good = [m for m, mask in zip(maps, masks) if not mask.any()]
    values = np.unique(np.concatenate([m.ravel() for m in good]))[::-1]
    rates = np.array([0.0, *(np.mean([(m >= v).mean() for m in good]) for v in values)])
    scores = []
    for m, mask in zip(maps, masks):
        if not mask.any():
            continue
        total = 0.0
        for k, v in enumerate(values):
            start, end = max(rates[k], low), min(rates[k + 1], high)
            if end > start:
                total += np.log(end / start) * (m[mask] > v).mean()
        scores.append(total / np.log(high / low))
    return scores


def golden(decimals):
    maps, masks = draw_set(decimals)
    regions = [eight_connected(mask) for mask in masks]
    whole = [[(r, r.sum()) for r in rs] for rs in regions]
    saturated = [[(r, max(1, r.sum() // 2)) for r in rs] for rs in regions]
    good = [~mask for mask in masks]
    scores, labels = np.concatenate([m.ravel() for m in maps]), np.concatenate([m.ravel() for m in masks])
    threshold = 0.5
    found = [(m[r] >= threshold).mean() for m, rs in zip(maps, regions) for r in rs]
    # Two overlapping defects in one image, none in the other.
    first, second = np.zeros((HEIGHT, WIDTH), bool), np.zeros((HEIGHT, WIDTH), bool)
    first[2:6, 3:9], second[4:9, 7:12] = True, True
    overlapping = [[(first, 10), (second, 7.5)], []]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "maps": [m.astype(float).ravel().tolist() for m in maps],
        "masks": [m.astype(int).ravel().tolist() for m in masks],
        "areas": [[int(r.sum()) for r in rs] for rs in regions],
        "aupro": [[limit, overlap_area(maps, whole, good, limit)] for limit in (0.05, 0.3, 1.0)],
        "spro": [[limit, overlap_area(maps, saturated, good, limit)] for limit in (0.05, 0.3, 1.0)],
        "overlapping": {
            "masks": [first.astype(int).ravel().tolist(), second.astype(int).ravel().tolist()],
            "saturations": [10, 7.5],
            "expected": [
                [limit, overlap_area(maps[2:4], overlapping, [~(first | second), np.ones_like(first)], limit)]
                for limit in (0.05, 0.3)
            ],
        },
        "aupimo": {"low": 0.01, "high": 0.2, "expected": aupimo(maps, masks, 0.01, 0.2)},
        "at": {
            "threshold": threshold,
            "pro": np.mean(found),
            "hit": np.mean(np.array(found) > 0),
            "halfHit": np.mean(np.array(found) >= 0.5),
            "iou": metrics.jaccard_score(labels, scores >= threshold),
        },
        "auroc": metrics.roc_auc_score(labels, scores),
        "averagePrecision": metrics.average_precision_score(labels, scores),
        "partial": metrics.roc_auc_score(labels, scores, max_fpr=0.3),
    }


json.dump(
    {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "sets": [golden(decimals) for decimals in (4, 1)],
    },
    sys.stdout,
)
