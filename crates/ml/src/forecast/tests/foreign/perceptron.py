"""Makes `perceptron.onnx`, a model of somebody else: scikit-learn's, as skl2onnx writes it.

Made with scikit-learn 1.6.1, skl2onnx 1.20.0 and onnx 1.19.1. It reads the signal of the tests' market, which may be
missing, and the day's return, and says the next day's expected return: a hundredth of the signal.
"""

import numpy as np
from skl2onnx import to_onnx
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(1)
rows = random.normal(size=(20_000, 2)).astype(np.float32)
returns = 0.01 * rows[:, 0] + 0.015 * random.normal(size=len(rows))
rows[::10, 0] = np.nan
network = MLPRegressor((8,), random_state=1, tol=1e-7, early_stopping=True)
model = make_pipeline(SimpleImputer(), StandardScaler(), network).fit(rows, returns)
print(model.predict(np.array([[-1, 0], [0, 0], [1, 0], [np.nan, 0]], np.float32)))
with open("perceptron.onnx", "wb") as file:
    file.write(to_onnx(model, rows[:1], target_opset=17).SerializeToString())
