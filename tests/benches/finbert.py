"""Texts per second of Python's onnxruntime, in batches as they come: folder, texts, threads."""
import json
import sys
import time

import numpy
import onnxruntime
from tokenizers import Tokenizer

folder, texts, threads = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(f"{folder}/model.onnx", options, providers=["CPUExecutionProvider"])
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
tokenizer.enable_truncation(512)
tokenizer.enable_padding()


def scores(texts):
    found = []
    for start in range(0, len(texts), 32):
        batch = tokenizer.encode_batch(texts[start : start + 32])
        inputs = {
            "input_ids": numpy.array([row.ids for row in batch], dtype=numpy.int64),
            "attention_mask": numpy.array([row.attention_mask for row in batch], dtype=numpy.int64),
            "token_type_ids": numpy.array([row.type_ids for row in batch], dtype=numpy.int64),
        }
        logits = session.run(None, inputs)[0].astype(numpy.float64)
        powers = numpy.exp(logits - logits.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        found.extend(shares[:, 0] - shares[:, 1])
    return found


scores(texts[:8])
started = time.perf_counter()
found = scores(texts)
print(json.dumps([len(texts) / (time.perf_counter() - started), [float(score) for score in found]]))
