"""The search benchmark's peers on the files that packages/core-native/bench/nearest.mjs names: faiss-cpu's exact index,
torch.cdist with topk, scikit-learn's brute force. Prints one line of JSON: version, wall and user CPU milliseconds per
image (one search each).

usage: nearest_search.py <faiss|torch|sklearn> <bank.f32> <queries.f32> <columns> <queries per image> <k> <threads>
"""

import json
import resource
import sys
import time

import numpy as np


def faiss_search(bank, k, threads):
    import faiss

    faiss.omp_set_num_threads(threads)
    index = faiss.IndexFlatL2(bank.shape[1])
    index.add(bank)
    return f"faiss {faiss.__version__} {faiss.get_compile_options().strip()}", lambda image: index.search(image, k)


def torch_search(bank, k, threads):
    import torch

    torch.set_num_threads(threads)
    rows = torch.from_numpy(bank)
    # As PatchCore implementations call it: the expanded form, by matrix multiplication.
    return f"torch {torch.__version__} cdist", lambda image: torch.cdist(torch.from_numpy(image), rows).topk(k, largest=False)


def sklearn_search(bank, k, threads):
    import sklearn
    from sklearn.neighbors import NearestNeighbors
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads)
    index = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(bank)
    return f"scikit-learn {sklearn.__version__} brute", index.kneighbors


def user():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def main():
    peer, bank_path, query_path = sys.argv[1:4]
    cols, per_image, k, threads = map(int, sys.argv[4:])
    bank = np.fromfile(bank_path, np.float32).reshape(-1, cols)
    images = np.fromfile(query_path, np.float32).reshape(-1, per_image, cols)
    name, search = {"faiss": faiss_search, "torch": torch_search, "sklearn": sklearn_search}[peer](bank, k, threads)
    search(images[0])
    times, cpu = [], []
    for image in images:
        begin, used = time.perf_counter(), user()
        search(image)
        times.append(1000 * (time.perf_counter() - begin))
        cpu.append(1000 * (user() - used))
    print(json.dumps({"name": name, "times": times, "cpu": cpu}))


if __name__ == "__main__":
    main()
