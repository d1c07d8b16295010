"""Quantizes a model with the official Python package of ONNX Runtime.

The argument is one JSON object; the answer is one line of JSON on standard output. Started by
scripts/compare-quantizer.ts.
"""

import json
import logging
import resource
import sys
import time

request = json.loads(sys.argv[1])
started = time.perf_counter()
logging.disable(logging.WARNING)

import onnxruntime  # noqa: E402

if request["recipe"] == "int8-dynamic":
    from onnxruntime.quantization import QuantType, quantize_dynamic

    loaded = time.perf_counter()
    # Matrix products alone: by default it also makes ConvInteger of convolutions, and uint8 embeddings.
    quantize_dynamic(
        request["source"],
        request["target"],
        op_types_to_quantize=["MatMul"],
        per_channel=request["perChannel"],
        reduce_range=request["reduceRange"],
        weight_type=QuantType.QInt8,
    )
else:
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    loaded = time.perf_counter()
    quantizer = MatMulNBitsQuantizer(
        request["source"],
        bits=request["bits"],
        block_size=request["blockSize"],
        is_symmetric=request["symmetric"],
        accuracy_level=request["accuracyLevel"],
    )
    quantizer.process()
    quantizer.model.save_model_to_file(request["target"], False)

ended = time.perf_counter()
print(
    json.dumps(
        {
            "version": onnxruntime.__version__,
            "importS": loaded - started,
            "workS": ended - loaded,
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
