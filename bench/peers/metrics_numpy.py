"""The metric benchmark's peers on the files that packages/metrics/bench/metrics.mjs names: scikit-learn's roc_auc_score,
and AUPRO as its authors describe it: pixels sorted once by descending score, each good pixel raising the false positive
rate by 1 / all good ones and each defective pixel raising the overlap by 1 / (area of its region * regions), running
sums, one point per distinct score, trapezoids up to the limit. Prints one line of JSON.

usage: metrics_numpy.py <folder> <images> <side>
"""

import json
import sys
import time

import numpy as np
import scipy
import sklearn
from scipy.ndimage import label
from sklearn.metrics import roc_auc_score

folder, images, side = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
scores = np.fromfile(f"{folder}/scores.f32", np.float32).reshape(images, side, side)
masks = np.fromfile(f"{folder}/masks.u8", np.uint8).reshape(images, side, side)


def aupro(scores, masks, limit):
    false_positive = np.zeros(scores.shape, np.uint32)
    overlap = np.zeros(scores.shape, np.float64)
    regions = good = 0
    for i, mask in enumerate(masks):
        labels, count = label(mask, np.ones((3, 3), int))
        outside = labels == 0
        good += np.count_nonzero(outside)
        regions += count
        false_positive[i] = outside
        for k in range(1, count + 1):
            inside = labels == k
            overlap[i][inside] = 1.0 / np.count_nonzero(inside)
    flat = scores.ravel()
    order = np.argsort(flat)[::-1]
    flat = flat[order]
    fpr = np.cumsum(false_positive.ravel()[order], dtype=np.float64) / good
    pro = np.cumsum(overlap.ravel()[order]) / regions
    last_of_score = np.append(np.diff(flat) != 0, True)
    fpr = np.concatenate([[0.0], np.minimum(fpr[last_of_score], 1)])
    pro = np.concatenate([[0.0], np.minimum(pro[last_of_score], 1)])
    inside = fpr <= limit
    x, y = fpr[inside], pro[inside]
    if x[-1] < limit:
        x, y = np.append(x, limit), np.append(y, np.interp(limit, fpr, pro))
    return np.trapezoid(y, x) / limit


def timed(run, peer):
    run()  # warm, as the other side is
    begin = time.perf_counter()
    value = float(run())
    return {"value": value, "ms": 1000 * (time.perf_counter() - begin), "peer": peer}


print(
    json.dumps(
        {
            "auroc": timed(lambda: roc_auc_score(masks.ravel(), scores.ravel()), "scikit-learn"),
            "aupro": timed(lambda: aupro(scores, masks, 0.3), "numpy"),
            "versions": f"Python {sys.version.split()[0]}, numpy {np.__version__}, scipy {scipy.__version__}, "
            f"scikit-learn {sklearn.__version__}",
        }
    )
)
