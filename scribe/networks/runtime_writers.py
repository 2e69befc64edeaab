"""Converting a traced function: to a SavedModel, to ONNX, to LiteRT's format."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2,
)

from scribe.foundation.errors import WorkFailed

_OPSET = 17
# Smaller arrays are not worth a conversion at every start.
_MIN_HALVED = 256


Inputs = Mapping[str, tuple[tuple[int | str, ...], str]]


def convert(
    function: Callable[..., dict],
    inputs: Inputs,
    path: Path,
    form: str,
    half_weights: bool,
) -> dict[str, str]:
    """Writes a function of named tensors as a program of one of the runtimes.

    Args:
      function, inputs: as scribe.networks.runtimes.Program has them.
      path: where.
      form: a key of _WRITERS.
      half_weights: store large arrays in half precision.

    Returns:
      types of the outputs by name.
    """

    def in_order(*tensors):
        return function(**dict(zip(inputs, tensors, strict=True)))

    traced = tf.function(in_order, input_signature=_specs(inputs))
    _WRITERS[form](traced, inputs, path, half_weights)
    outputs = traced.get_concrete_function().structured_outputs
    return {name: tensor.dtype.name for name, tensor in sorted(outputs.items())}


def _write_saved_model(function, inputs: Inputs, path: Path, half: bool) -> None:
    constant = _constant(function, inputs, half)
    module = tf.Module()
    module.function = constant
    signatures = {"serving_default": constant.get_concrete_function()}
    # Nobody trains a program: gradients written by hand stay behind.
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    tf.saved_model.save(module, str(path), signatures, options)


def _write_tflite(function, inputs: Inputs, path: Path, half: bool) -> None:
    constant = _constant(function, inputs, half=False)
    module = tf.Module()
    module.function = constant
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [constant.get_concrete_function()], module
    )
    if half:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    try:
        path.write_bytes(converter.convert())
    except Exception as error:  # of several kinds, with the compiler's whole report
        raise WorkFailed(
            "LiteRT cannot express this program: "
            f"{(str(error).splitlines() or [type(error).__name__])[0]}"
        ) from error


def _write_onnx(function, inputs: Inputs, path: Path, half: bool) -> None:
    import onnx
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    model, _ = tf2onnx.convert.from_function(
        function, input_signature=_specs(inputs), opset=_OPSET
    )
    for value in model.graph.input:
        sizes = inputs[value.name][0]
        for size, name in zip(value.type.tensor_type.shape.dim, sizes, strict=True):
            if isinstance(name, str):
                size.dim_param = name
    if half:
        _halve_initializers(onnx, model.graph)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


_WRITERS = {
    "saved_model": _write_saved_model,
    "onnx": _write_onnx,
    "tflite": _write_tflite,
}


def _specs(inputs: Inputs) -> list[tf.TensorSpec]:
    """The inputs, in order."""
    return [
        tf.TensorSpec([n if isinstance(n, int) else None for n in shape], dtype, name)
        for name, (shape, dtype) in inputs.items()
    ]


def _constant(function, inputs: Inputs, half: bool):
    """The same function with its variables as constants.

    LiteRT's interpreter does not load variables, and a SavedModel loads faster.
    """
    concrete = function.get_concrete_function()
    names = sorted(concrete.structured_outputs)  # the order in which they are flat
    frozen = convert_variables_to_constants_v2(concrete)
    if half:
        frozen = _with_half_constants(frozen)

    def constant(*tensors):
        return dict(zip(names, frozen(*tensors), strict=True))

    return tf.function(constant, input_signature=_specs(inputs))


def _with_half_constants(frozen):
    """A graph whose large constants are stored in half precision and cast back."""
    graph = frozen.graph.as_graph_def()
    for node in list(graph.node):
        if node.op != "Const" or node.attr["dtype"].type != tf.float32.as_datatype_enum:
            continue
        value = tf.make_ndarray(node.attr["value"].tensor)
        if value.size < _MIN_HALVED:
            continue
        name, node.name = node.name, f"{node.name}/half"
        stored = tf.make_tensor_proto(value.astype(np.float16))
        node.attr["value"].tensor.CopyFrom(stored)
        node.attr["dtype"].type = tf.float16.as_datatype_enum
        cast = graph.node.add(name=name, op="Cast", input=[node.name])
        cast.attr["SrcT"].type = tf.float16.as_datatype_enum
        cast.attr["DstT"].type = tf.float32.as_datatype_enum
    wrapped = tf.compat.v1.wrap_function(
        lambda: tf.graph_util.import_graph_def(graph, name=""), []
    )
    return wrapped.prune(
        [tensor.name for tensor in frozen.inputs],
        [tensor.name for tensor in frozen.outputs],
    )


def _halve_initializers(onnx, graph) -> None:
    """The same for a graph of ONNX."""
    casts = []
    for tensor in list(graph.initializer):
        if tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        value = onnx.numpy_helper.to_array(tensor)
        if value.size < _MIN_HALVED:
            continue
        name = tensor.name
        half = onnx.numpy_helper.from_array(value.astype(np.float16), f"{name}/half")
        tensor.CopyFrom(half)
        casts.append(
            onnx.helper.make_node(
                "Cast", [half.name], [name], to=onnx.TensorProto.FLOAT
            )
        )
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
