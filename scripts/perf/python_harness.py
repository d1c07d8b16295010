"""Times a model in the official Python package of ONNX Runtime, block by block on request.

The first line of standard input describes the session; every further line asks for a block of queries. Answers are
single lines of JSON on standard output. Started by scripts/perf/python-session.ts.
"""

import json
import sys
import time

import numpy
import onnxruntime

NUMPY_TYPES = {"float32": numpy.float32, "int64": numpy.int64, "int32": numpy.int32, "bool": numpy.bool_}


def answer(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def read_feeds(inputs):
    """Views into one buffer, so that nothing is copied per query."""
    with open(inputs["path"], "rb") as file:
        buffer = file.read()
    feeds, offset = [], 0
    for _ in range(inputs["feeds"]):
        feed = {}
        for tensor in inputs["tensors"]:
            dtype = numpy.dtype(NUMPY_TYPES[tensor["type"]])
            count = tensor["byteLength"] // dtype.itemsize
            feed[tensor["name"]] = numpy.frombuffer(buffer, dtype, count, offset).reshape(tensor["dims"])
            offset += tensor["byteLength"]
        feeds.append(feed)
    if offset != len(buffer):
        raise ValueError(f"the input file holds {len(buffer)} bytes where {offset} were described")
    return feeds


def create_session(request):
    options = onnxruntime.SessionOptions()
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.intra_op_num_threads = request["threads"]
    for key, value in request["entries"].items():
        options.add_session_config_entry(key, value)
    return onnxruntime.InferenceSession(request["modelPath"], options, providers=["CPUExecutionProvider"])


def main():
    request = json.loads(sys.stdin.readline())
    session = create_session(request)
    feeds = read_feeds(request["inputs"])
    first = {output.name: value for output, value in zip(session.get_outputs(), session.run(None, feeds[0]))}
    sums = {name: float(numpy.sum(numpy.abs(value), dtype=numpy.float64)) for name, value in first.items()}
    answer({"onnxruntime": onnxruntime.__version__, "outputSums": sums})

    clock = time.perf_counter_ns
    position = 0
    for line in sys.stdin:
        block = json.loads(line)
        settled_at = clock() + block["settleNs"]
        ends_at = settled_at + block["durationNs"]
        latencies = []
        while True:
            feed = feeds[position]
            position = position + 1 if position + 1 < len(feeds) else 0
            issued = clock()
            session.run(None, feed)
            completed = clock()
            if issued >= settled_at:
                if completed > ends_at and latencies:
                    break
                latencies.append(completed - issued)
        answer({"queries": len(latencies), "medianNs": float(numpy.median(latencies))})


main()
