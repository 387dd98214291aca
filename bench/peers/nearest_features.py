"""Writes the data sets that the search benchmark runs on, as raw fp32: <out>/<name>.bank.f32, <name>.queries.f32
and <name>.json (columns, rows per image).

  real384    ResNet-18 layers 2+3 of a folder of images, as PatchCore sees them; the bank is a 10 % coreset
  real1536   the same at four image scales side by side
  hard1536   synthetic: a slowly falling spectrum with much noise, where few directions say little

usage: nearest_features.py --images <folder with train/ and test/> --backbone <resnet18 .onnx> --out <folder>
"""

import argparse
import json
import pathlib

import numpy as np
import onnxruntime
from PIL import Image

GRID = 28
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def average_3x3(maps):
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)))
    height, width = maps.shape[1:]
    return sum(padded[:, y : y + height, x : x + width] for y in range(3) for x in range(3)) / 9


def resize(maps):
    """Bilinear, half-pixel centres, to GRID x GRID."""
    for axis in (1, 2):
        size = maps.shape[axis]
        centre = np.clip((np.arange(GRID) + 0.5) * size / GRID - 0.5, 0, size - 1)
        low = np.floor(centre).astype(int)
        high = np.minimum(low + 1, size - 1)
        weight = np.expand_dims((centre - low).astype(np.float32), (0, 3 - axis))
        maps = maps.take(low, axis) * (1 - weight) + maps.take(high, axis) * weight
    return maps


def patches(session, path, sizes):
    """[GRID * GRID, 384 * len(sizes)]"""
    image = Image.open(path).convert("RGB")
    features = []
    for size in sizes:
        side = round(size * 256 / 224)
        border = (side - size) // 2
        scaled = image.resize((side, side), Image.Resampling.BILINEAR)
        pixels = np.asarray(scaled.crop((border, border, border + size, border + size)), np.float32) / 255
        inputs = ((pixels - MEAN) / STD).transpose(2, 0, 1)[None]
        for maps in session.run(["layer2", "layer3"], {"input": np.ascontiguousarray(inputs)}):
            features.append(resize(average_3x3(maps[0])))
    return np.concatenate(features).reshape(-1, GRID * GRID).T


def coreset(rows, count):
    """Greedy k-centre on a random projection: enough for a bank of the right shape."""
    projected = rows @ (np.random.RandomState(0).randn(rows.shape[1], 64) / 8).astype(np.float32)
    norms = (projected**2).sum(1)
    distances = np.full(len(rows), np.inf, np.float32)
    chosen = [0]
    while len(chosen) < count:
        last = chosen[-1]
        np.minimum(distances, norms + norms[last] - 2 * (projected @ projected[last]), out=distances)
        distances[last] = -1
        chosen.append(int(distances.argmax()))
    return rows[chosen]


def hard(bank_rows, query_rows, cols, latent=512, decay=0.7):
    random = np.random.RandomState(11)
    spectrum = np.arange(1, latent + 1) ** -decay
    mixing = (random.randn(latent, cols) * np.sqrt(spectrum / spectrum.sum())[:, None]).astype(np.float32)
    scale = np.exp(0.6 * random.randn(cols)).astype(np.float32)

    def draw(rows):
        signal = random.randn(rows, latent).astype(np.float32) @ mixing
        noise = 0.35 * random.randn(rows, cols).astype(np.float32)
        return np.maximum(scale * (signal + noise + 0.2), 0)

    bank = draw(bank_rows)
    # Queries near rows of the bank, at about half of the distance between rows.
    near = bank[random.randint(bank_rows, size=query_rows)]
    return bank, np.maximum(near + 0.5 * (draw(query_rows) - bank.mean(0)), 0)


def write(out, name, bank, queries):
    bank.astype(np.float32).tofile(out / f"{name}.bank.f32")
    queries.astype(np.float32).tofile(out / f"{name}.queries.f32")
    (out / f"{name}.json").write_text(json.dumps({"cols": bank.shape[1], "rowsPerImage": GRID * GRID}))
    print(name, "bank", bank.shape, "queries", queries.shape, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=pathlib.Path, required=True)
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)

    session = onnxruntime.InferenceSession(args.backbone)
    train = sorted((args.images / "train" / "good").iterdir())
    # The first five images of each kind, good and defective.
    test = [path for kind in sorted((args.images / "test").iterdir()) for path in sorted(kind.iterdir())[:5]]
    for name, sizes in (("real384", [224]), ("real1536", [224, 160, 192, 256])):
        rows = np.concatenate([patches(session, path, sizes) for path in train])
        queries = np.concatenate([patches(session, path, sizes) for path in test])
        write(args.out, name, coreset(rows, len(rows) // 10), queries)
    write(args.out, "hard1536", *hard(16384, 8 * GRID * GRID, 1536))


if __name__ == "__main__":
    main()
