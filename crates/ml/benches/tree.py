"""Seconds and loss of LightGBM on one thread, cutting into bins included: folder, objective."""
import sys
import time

import lightgbm
import numpy

COLUMNS, ROWS = 23, 100_000

folder, objective = sys.argv[1:]
rows = numpy.fromfile(f"{folder}/rows", dtype="<f4").reshape(-1, COLUMNS)
targets = numpy.fromfile(f"{folder}/targets", dtype="<f4")
if objective == "probability":
    targets = (targets > 1.5).astype(numpy.float32)
settings = {
    "objective": {"mean": "regression", "probability": "binary", "quantile": "quantile"}[objective],
    "alpha": 0.9,
    "num_threads": 1,
    "max_bin": 255,
    "num_leaves": 31,
    "learning_rate": 0.1,
    "deterministic": True,
    "verbose": -1,
}
started = time.perf_counter()
model = lightgbm.train(settings, lightgbm.Dataset(rows[:ROWS], targets[:ROWS]), num_boost_round=100)
seconds = time.perf_counter() - started
found, targets = model.predict(rows[ROWS:]), targets[ROWS:].astype(numpy.float64)
if objective == "mean":
    loss = numpy.sqrt(numpy.mean((found - targets) ** 2))
elif objective == "probability":
    loss = -numpy.mean(targets * numpy.log(found) + (1 - targets) * numpy.log(1 - found))
else:
    loss = numpy.mean(numpy.maximum(0.9 * (targets - found), -0.1 * (targets - found)))
print(seconds, loss)
