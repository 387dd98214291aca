"""Golden steps of the optimisers, and of a small network, by PyTorch in double precision.

    python generate_training.py     writes training.json beside this file
"""
import json
import pathlib

import torch
import torch.nn.functional as F

from generate_gradients import values

torch.set_num_threads(1)
STEPS = 4
OPTIMISERS = {
    "sgd": lambda w: torch.optim.SGD(w, lr=0.1, momentum=0.9, weight_decay=0.01),
    "adam": lambda w: torch.optim.Adam(w, lr=0.1, weight_decay=0.01),
}


def rounded(tensor):
    return [float(f"{v:.9g}") for v in tensor.flatten().tolist()]


def optimise(make):
    """A parameter whose gradient at each step is given."""
    w = values([2, 3], 0).requires_grad_()
    optimiser = make([w])
    steps = []
    for step in range(STEPS):
        w.grad = values([2, 3], step + 1)
        optimiser.step()
        steps.append(rounded(w.detach()))
    return steps


def network():
    """Convolution, normalisation and ReLU, twice; the second is a transposed convolution. One step of SGD."""
    x = values([3, 2, 6, 6], 0)
    state = {
        "a.weight": values([4, 2, 3, 3], 1),
        "a.gamma": torch.ones(4).double(),
        "a.beta": torch.zeros(4).double(),
        "b.weight": values([4, 3, 4, 4], 2),
        "b.gamma": torch.ones(3).double(),
        "b.beta": torch.zeros(3).double(),
        "c.weight": values([2, 3, 1, 1], 3),
        "c.bias": torch.zeros(2).double(),
    }
    running = {k: torch.zeros(n) if k.endswith("mean") else torch.ones(n) for k, n in
               [("a.mean", 4), ("a.variance", 4), ("b.mean", 3), ("b.variance", 3)]}
    running = {k: v.double() for k, v in running.items()}
    for tensor in state.values():
        tensor.requires_grad_()
    norm = lambda y, n: F.batch_norm(
        y, running[n + ".mean"], running[n + ".variance"], state[n + ".gamma"], state[n + ".beta"], True, 0.1
    )
    y = F.relu(norm(F.conv2d(x, state["a.weight"], None, 2, 1), "a"))
    y = F.relu(norm(F.conv_transpose2d(y, state["b.weight"], None, 2, 1), "b"))
    y = F.conv2d(y, state["c.weight"], state["c.bias"])
    loss = (y * y).mean()
    loss.backward()
    optimiser = torch.optim.SGD(state.values(), lr=0.5, momentum=0.9)
    optimiser.step()
    return {
        "loss": loss.item(),
        "next": {k: rounded(v.detach()) for k, v in {**state, **running}.items()},
    }


golden = {name: optimise(make) for name, make in OPTIMISERS.items()} | {"network": network()}
path = pathlib.Path(__file__).with_name("training.json")
path.write_text(json.dumps(golden) + "\n")
