"""Quantizes a model with the official Python package of ONNX Runtime, in several ways one after another.

The argument is one JSON object. The first line of standard output is JSON about the start, each further one about one
way. Started by the scripts in this folder.
"""

import json
import logging
import os
import resource
import sys
import tempfile
import time

request = json.loads(sys.argv[1])
started = time.perf_counter()
logging.disable(logging.WARNING)

import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from onnxruntime import quantization  # noqa: E402
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType  # noqa: E402


def answer(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def dynamic(case):
    """Says what had to be done to the model first, if anything."""
    options = {
        # Matrix products alone: by default it also makes ConvInteger of convolutions, and uint8 embeddings.
        "op_types_to_quantize": ["MatMul"],
        "per_channel": case["perChannel"],
        "reduce_range": case["reduceRange"],
        "weight_type": QuantType.QInt8,
    }
    try:
        quantization.quantize_dynamic(request["source"], case["target"], **options)
        return None
    except onnx.shape_inference.InferenceError:
        # PyTorch's newer exporter writes shapes of weights down, and the transposed weight of a Gemm has another.
        model = onnx.load(request["source"])
        weights = {tensor.name for tensor in model.graph.initializer}
        kept = [value for value in model.graph.value_info if value.name not in weights]
        del model.graph.value_info[:]
        model.graph.value_info.extend(kept)
        quantization.quantize_dynamic(model, case["target"], **options)
        return "with the shapes of weights removed"


def blocks(case):
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
    from onnxruntime.quantization.onnx_model import ONNXModel

    # It only knows MatMul; this is how the dynamic quantizer of the same package makes one of a Gemm.
    model = ONNXModel(onnx.load(request["source"]))
    model.replace_gemm_with_matmul()
    quantizer = MatMulNBitsQuantizer(
        model.model,
        bits=case["bits"],
        block_size=case["blockSize"],
        is_symmetric=case["symmetric"],
        accuracy_level=case["accuracyLevel"],
    )
    quantizer.process()
    quantizer.model.save_model_to_file(case["target"], False)


class Feeds(CalibrationDataReader):
    """Inputs in one raw file: feed after feed, each the listed tensors one after another."""

    def __init__(self, pool):
        import numpy

        types = {"float32": numpy.float32, "int64": numpy.int64, "int32": numpy.int32, "bool": numpy.bool_}
        with open(pool["path"], "rb") as file:
            buffer = file.read()
        self.feeds, offset = [], 0
        for _ in range(pool["feeds"]):
            feed = {}
            for tensor in pool["tensors"]:
                dtype = numpy.dtype(types[tensor["type"]])
                count = tensor["byteLength"] // dtype.itemsize
                feed[tensor["name"]] = numpy.frombuffer(buffer, dtype, count, offset).reshape(tensor["dims"])
                offset += tensor["byteLength"]
            self.feeds.append(feed)
        self.position = 0

    def get_next(self):
        if self.position == len(self.feeds):
            return None
        self.position += 1
        return self.feeds[self.position - 1]


def static(case):
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        prepared = os.path.join(folder, "prepared.onnx")
        merged = None
        try:
            quant_pre_process(request["source"], prepared)
        except Exception as error:  # noqa: BLE001, this is what it raises
            if "symbolic shape inference" not in str(error):
                raise
            # The traced exporter leaves two names for one dimension.
            quant_pre_process(request["source"], prepared, auto_merge=True)
            merged = "with symbolic dimensions merged"
        quantization.quantize_static(
            prepared,
            case["target"],
            Feeds(request["pool"]),
            quant_format=QuantFormat.QDQ,
            per_channel=case["perChannel"],
            reduce_range=case["reduceRange"],
            activation_type=QuantType.QUInt8 if case["activation"] == "uint8" else QuantType.QInt8,
            weight_type=QuantType.QInt8,
            extra_options={"ActivationSymmetric": case["symmetric"]},
        )
        return merged


ways = {"dynamic": dynamic, "blocks": blocks, "static": static}
loaded = time.perf_counter()
answer({"version": onnxruntime.__version__, "importS": loaded - started})
for case in request["cases"]:
    began = time.perf_counter()
    failed, help_needed = None, None
    try:
        help_needed = ways[case["kind"]](case)
    except Exception as error:  # noqa: BLE001, it raises many types
        failed = f"{type(error).__name__}: {error}"[:300]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    work_s = time.perf_counter() - began
    answer({"workS": work_s, "peakBytes": peak, "failed": failed, "help": help_needed})
