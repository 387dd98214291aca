"""Golden values of everything that is computed from scores and labels, by scikit-learn, scipy and plain definitions.

usage: generate_rankings.py > rankings.json    (numpy, scipy, scikit-learn; versions are written into the file)
"""

import json
import sys

import numpy as np
import scipy
import sklearn
from scipy.stats import norm
from sklearn import metrics

rng = np.random.default_rng(20240607)


def cases():
    """name -> scores, labels: ties, constants, one positive, huge, negative and subnormal scores."""
    labels = (rng.random(60) < 0.4).astype(int)
    smooth = rng.normal(size=60) + labels
    yield "readme of scikit-learn", np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])
    yield "smooth", smooth, labels
    yield "ties", np.round(smooth), labels
    yield "constant", np.full(12, 3.25), np.array([0, 1] * 6)
    yield "one positive", rng.normal(size=25), (np.arange(25) == 7).astype(int)
    yield "one negative", rng.normal(size=25), (np.arange(25) != 7).astype(int)
    yield "huge", smooth * 1e300, labels
    yield "negative", -np.exp(3 * smooth), labels
    yield "subnormal", np.round(np.exp(2 * smooth)) * 5e-324, labels
    yield "separated", smooth + 100 * labels, labels
    yield "reversed", smooth - 100 * labels, labels
    yield "beyond a sigmoid", 1000 + smooth, labels


def f1_max(scores, labels):
    best = (-1.0, None)
    for threshold in np.unique(scores)[::-1]:
        f1 = metrics.f1_score(labels, scores >= threshold)
        if f1 > best[0] + 1e-15:
            best = (f1, threshold)
    return {"f1": best[0], "threshold": best[1]}


def fpr_at_tpr(fpr, tpr, wanted):
    return fpr[tpr >= wanted].min()


def delong(a, b, labels):
    """The paper's definitions, over all pairs (equations 4 to 8)."""
    kernel = lambda x, y: (x > y) + 0.5 * (x == y)
    v10, v01 = [], []
    for scores in (a, b):
        pairs = kernel(scores[labels == 1][:, None], scores[labels == 0][None, :])
        v10.append(pairs.mean(axis=1))
        v01.append(pairs.mean(axis=0))
    areas = [v.mean() for v in v10]
    s = np.cov(v10) / len(v10[0]) + np.cov(v01) / len(v01[0])
    variance = s[0, 0] + s[1, 1] - 2 * s[0, 1]
    z = (areas[0] - areas[1]) / np.sqrt(variance)
    half = norm.ppf(0.975) * np.sqrt(variance)
    logit = np.log(areas[0] / (1 - areas[0]))
    half_logit = norm.ppf(0.975) * np.sqrt(s[0, 0]) / (areas[0] * (1 - areas[0]))
    return {
        "first": areas[0],
        "second": areas[1],
        "z": z,
        "pValue": 2 * norm.sf(abs(z)),
        "low": areas[0] - areas[1] - half,
        "high": areas[0] - areas[1] + half,
        "interval": [1 / (1 + np.exp(-(logit + sign * half_logit))) for sign in (-1, 1)],
    }


def golden(name, scores, labels):
    fpr, tpr, thresholds = metrics.roc_curve(labels, scores, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(labels, scores)
    threshold = float(np.median(scores))
    predicted = scores >= threshold
    tn, fp, fn, tp = metrics.confusion_matrix(labels, predicted, labels=[0, 1]).ravel()
    return {
        "name": name,
        "scores": scores.tolist(),
        "labels": labels.tolist(),
        "auroc": metrics.roc_auc_score(labels, scores),
        "averagePrecision": metrics.average_precision_score(labels, scores),
        "auprTrapezoid": metrics.auc(recall, precision),
        "partial": {str(limit): metrics.roc_auc_score(labels, scores, max_fpr=limit) for limit in (0.1, 0.3, 0.5)},
        "fprAt95": fpr_at_tpr(fpr, tpr, 0.95),
        "fprAt50": fpr_at_tpr(fpr, tpr, 0.5),
        "f1Max": f1_max(scores, labels),
        "roc": {"fpr": fpr.tolist(), "tpr": tpr.tolist(), "thresholds": thresholds[1:].tolist()},
        "pr": {"precision": precision[::-1].tolist(), "recall": recall[::-1].tolist()},
        "at": {
            "threshold": threshold,
            "counts": [int(tp), int(fp), int(tn), int(fn)],
            "accuracy": metrics.accuracy_score(labels, predicted),
            "balancedAccuracy": metrics.balanced_accuracy_score(labels, predicted),
            "iou": metrics.jaccard_score(labels, predicted),
            "dice": metrics.f1_score(labels, predicted),
        },
    }


def pairs():
    labels = (rng.random(83) < 63 / 83).astype(int)
    shared = rng.normal(size=83)
    yield shared + 1.5 * labels, shared + 0.5 * rng.normal(size=83) + labels, labels
    yield np.round(rng.normal(size=83) + labels), np.round(rng.normal(size=83)), labels


values = np.round(rng.normal(size=37), 3)
json.dump(
    {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "cases": [golden(*case) for case in cases()],
        "delong": [
            {"first": a.tolist(), "second": b.tolist(), "labels": y.tolist(), "expected": delong(a, b, y)}
            for a, b, y in pairs()
        ],
        "quantiles": {
            "values": values.tolist(),
            "expected": [[q, np.quantile(values, q)] for q in (0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.999, 1)],
        },
        "normal": [[x, norm.cdf(x)] for x in (-37.0, -12.5, -8.0, -3.0, -2.999, -1.0, 0.0, 0.5, 2.5, 3.0, 6.0)],
        "normalInverse": [[p, norm.ppf(p)] for p in (1e-300, 1e-16, 1e-5, 0.005, 0.025, 0.3, 0.5, 0.7, 0.975, 0.999)],
    },
    sys.stdout,
)
