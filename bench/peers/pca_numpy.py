"""Principal components by numpy and scikit-learn: the other side of packages/core-native/bench/pca.mjs.

usage: pca_numpy.py rows.f32 columns share threads out.f64
Prints one line of JSON: seconds of wall and of user time of each way, and how many components the share takes; writes
the singular values of a decomposition in double precision.
"""

import json
import os
import resource
import sys
import time

path, columns, share, threads, out = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = threads

import numpy as np  # noqa: E402
import sklearn  # noqa: E402
from sklearn.decomposition import PCA  # noqa: E402

rows = np.fromfile(path, np.float32).reshape(-1, columns)


def timed(work):
    work_begin, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
    answer = work()
    return answer, {
        "seconds": time.perf_counter() - work_begin,
        "user": resource.getrusage(resource.RUSAGE_SELF).ru_utime - used,
    }


def svd(dtype):
    x = rows.astype(dtype)
    return np.linalg.svd(x - x.mean(0), full_matrices=False)


def gram():
    """The same way as ours: eigenvectors of the smaller product, and from them the components."""
    x = rows.astype(np.float64)
    x -= x.mean(0)
    tall = len(x) > columns
    values, vectors = np.linalg.eigh(x.T @ x if tall else x @ x.T)
    kept = np.searchsorted(np.cumsum(values[::-1]), share * values.sum()) + 1
    return vectors[:, -kept:].T if tall else (vectors[:, -kept:] / np.sqrt(values[-kept:])).T @ x


_, gram_time = timed(gram)
single, single_time = timed(lambda: svd(np.float32))
double, double_time = timed(lambda: svd(np.float64))
fitted, sklearn_time = timed(lambda: PCA(n_components=share, svd_solver="full").fit(rows))
double[1].astype(np.float64).tofile(out)
print(json.dumps({
    "versions": f"numpy {np.__version__}, scikit-learn {sklearn.__version__}",
    "single": {**single_time, "error": float(np.abs(single[1] - double[1]).max() / double[1][0])},
    "double": double_time,
    "gram": gram_time,
    "sklearn": {**sklearn_time, "components": int(fitted.n_components_)},
}))
