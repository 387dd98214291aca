"""The usual greedy coreset in torch, timed on a sample of centres: distances of all rows to the last centre, minimum,
argmax. The projection is given: a dense random one of the size that scikit-learn's rule names.

usage: coreset_torch.py <rows.f32> <columns> [threads] [centres]
"""

import math
import sys
import time

import numpy as np
import torch

columns = int(sys.argv[2])
torch.set_num_threads(int(sys.argv[3]) if len(sys.argv) > 3 else 2)
sample = int(sys.argv[4]) if len(sys.argv) > 4 else 200
rows = torch.from_numpy(np.fromfile(sys.argv[1], np.float32).reshape(-1, columns))
components = min(int(4 * math.log(len(rows)) / (0.9**2 / 2 - 0.9**3 / 3)), columns)
count = len(rows) // 10

with torch.inference_mode():
    points = rows @ torch.randn(columns, components) / math.sqrt(components)
    nearest = torch.full((len(points), 1), math.inf)
    centre = 0
    begin = time.perf_counter()
    for _ in range(sample):
        distance = torch.linalg.norm(points - points[centre : centre + 1], dim=1, keepdim=True)
        nearest = torch.minimum(nearest, distance)
        centre = int(torch.argmax(nearest))
        nearest[centre] = 0
    seconds = (time.perf_counter() - begin) / sample * count
print(f"torch {torch.__version__}: {len(rows)} rows to {count}: {seconds:.0f} s (extrapolated from {sample} centres)")
