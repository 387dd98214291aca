"""The search benchmark's peer: faiss-cpu's exact index on the files that packages/core-native/bench/nearest.mjs names.
Prints one line of JSON: version, instruction sets, wall and user CPU milliseconds per image (one search each).

usage: nearest_faiss.py <bank.f32> <queries.f32> <columns> <queries per image> <k> <threads>
"""

import json
import resource
import sys
import time

import faiss
import numpy as np

bank_path, query_path, cols, per_image, k, threads = *sys.argv[1:3], *map(int, sys.argv[3:7])
faiss.omp_set_num_threads(threads)
index = faiss.IndexFlatL2(cols)
index.add(np.fromfile(bank_path, np.float32).reshape(-1, cols))
images = np.fromfile(query_path, np.float32).reshape(-1, per_image, cols)
index.search(images[0], k)


def user():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


times, cpu = [], []
for image in images:
    begin, used = time.perf_counter(), user()
    index.search(image, k)
    times.append(1000 * (time.perf_counter() - begin))
    cpu.append(1000 * (user() - used))
name = f"faiss {faiss.__version__} {faiss.get_compile_options().strip()}"
print(json.dumps({"name": name, "times": times, "cpu": cpu}))
