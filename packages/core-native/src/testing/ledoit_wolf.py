"""Writes ledoit_wolf.json: what scikit-learn makes of a few small matrices, beside this file.

usage: ledoit_wolf.py
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.covariance import ledoit_wolf


def case(rows, cols, seed):
    random = np.random.RandomState(seed)
    mixing = np.eye(cols) + 0.5 * np.eye(cols, k=1)
    data = np.round(random.randn(rows, cols) @ mixing + 2, 4).astype(np.float32)
    covariance, shrinkage = ledoit_wolf(data.astype(np.float64))
    triangle = [covariance[i, j] for j in range(cols) for i in range(j, cols)]
    return {
        "rows": rows,
        "cols": cols,
        "data": [round(float(x), 4) for x in data.ravel()],
        "mean": data.astype(np.float64).mean(0).tolist(),
        "covariance": triangle,
        "shrinkage": float(shrinkage),
    }


cases = [case(rows, cols, seed) for seed, (rows, cols) in enumerate([(2, 3), (5, 9), (40, 1), (40, 6), (90, 4)])]
golden = {"sklearn": sklearn.__version__, "cases": cases}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
