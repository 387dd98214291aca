"""Golden values of pca, project and kde, by numpy, scikit-learn and scipy in double precision.

usage: generate_density.py > density.json    (numpy, scipy, scikit-learn; versions are written into the file)
"""

import json

import numpy as np
import scipy
import sklearn
from scipy.stats import gaussian_kde
from sklearn.decomposition import PCA

rng = np.random.default_rng(20261124)


def rows(n, d, offset=0.0):
    """Rows with a falling spectrum along mixed axes, as fp32 holds them."""
    mixed = rng.normal(size=(n, d)) / (1 + np.arange(d)) @ np.linalg.qr(rng.normal(size=(d, d)))[0]
    return (mixed + offset).astype(np.float32)


def flat(a):
    return [float(x) for x in np.asarray(a).ravel()]


def pca_case(name, x, keep):
    fitted = PCA(n_components=keep, svd_solver="full").fit(x.astype(np.float64))
    signs = np.sign(fitted.components_[np.arange(len(fitted.components_)), np.abs(fitted.components_).argmax(1)])
    components = fitted.components_ * signs[:, None]
    centred = x - x.astype(np.float64).mean(0)
    total = float((centred**2).sum())
    coordinates = centred @ components.T
    return {
        "name": name, "rows": x.shape[0], "cols": x.shape[1], "keep": keep, "data": flat(x),
        "components": flat(components), "singularValues": flat(np.linalg.svd(centred, compute_uv=False)[: len(components)]),
        "totalVariance": total, "coordinates": flat(coordinates), "residual": flat(centred - coordinates @ components),
    }


def kde_case(name, n, d, bandwidth, offset=0.0):
    x, queries = rows(n, d, offset), rows(6, d, offset)
    method = bandwidth if bandwidth == "scott" else float(bandwidth)
    density = gaussian_kde(x.astype(np.float64).T, bw_method=method)
    return {
        "name": name, "rows": n, "cols": d, "bandwidth": bandwidth, "data": flat(x),
        "queries": flat(queries), "logDensity": flat(density.logpdf(queries.astype(np.float64).T)),
    }


print(json.dumps({
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    "pca": [
        pca_case("wide, a share", rows(9, 17), 0.97),
        pca_case("tall, a share", rows(33, 8), 0.9),
        pca_case("square, a count", rows(16, 16), 5),
        pca_case("far from zero", rows(12, 7, 10000.0), 3),
    ],
    "kde": [
        kde_case("scott", 31, 4, "scott"),
        kde_case("sixteen dimensions", 64, 16, "scott"),
        kde_case("a narrow factor", 20, 3, 0.2),
        kde_case("a wide factor", 9, 1, 1.5),
        kde_case("far from zero", 17, 2, "scott", 10000.0),
    ],
}))
