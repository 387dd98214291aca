"""Small networks that a backbone may not be, or may only be with care.

    python generate_networks.py         # needs numpy, onnx; writes vectors.onnx and fixed.onnx
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent


def value(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def write(name, nodes, inputs, outputs, weights):
    constants = [numpy_helper.from_array(w, key) for key, w in weights.items()]
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


# Takes vectors, not images.
write(
    "vectors",
    [helper.make_node("MatMul", ["x", "w"], ["y"])],
    [value("x", [1, 8])],
    [value("y", [1, 2])],
    {"w": np.ones((8, 2), np.float32)},
)

# Takes one image of one size; its second output has no grid.
write(
    "fixed",
    [
        helper.make_node("Conv", ["image", "w"], ["grid"], strides=[8, 8]),
        helper.make_node("ReduceMean", ["grid"], ["pooled"], axes=[2, 3], keepdims=0),
    ],
    [value("image", [1, 3, 64, 64])],
    [value("grid", [1, 4, 8, 8]), value("pooled", [1, 4])],
    {"w": np.linspace(-1, 1, 4 * 3 * 64, dtype=np.float32).reshape(4, 3, 8, 8)},
)
