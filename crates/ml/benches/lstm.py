"""CPU seconds of an epoch and the loss after the last, PyTorch on one thread: folder, sequences, steps, features, hidden, batch, epochs."""
import sys
import time

import numpy
import torch

folder = sys.argv[1]
count, steps, features, hidden, batch, epochs = map(int, sys.argv[2:])
torch.set_num_threads(1)
torch.manual_seed(0)
levels = torch.tensor([0.005, 0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975, 0.995])
middle = len(levels) // 2
inputs = torch.from_numpy(numpy.fromfile(f"{folder}/inputs", dtype="<f4")).reshape(count, steps, features)
targets = torch.from_numpy(numpy.fromfile(f"{folder}/targets", dtype="<f4"))


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(features, hidden, batch_first=True)
        self.head = torch.nn.Linear(hidden, len(levels))

    def forward(self, batch):
        raw = self.head(self.lstm(batch)[0][:, -1])
        centre, rises = raw[:, middle : middle + 1], torch.nn.functional.softplus(raw)
        below = centre - rises[:, :middle].flip(1).cumsum(1).flip(1)
        return torch.cat([below, centre, centre + rises[:, middle + 1 :].cumsum(1)], 1)


def loss(found, targets):
    errors = targets[:, None] - found
    return torch.maximum(levels * errors, (levels - 1) * errors).mean()


network = Network()
optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
for epoch in range(epochs):
    if epoch == 1:
        started = time.process_time()
    order = torch.randperm(count)
    for start in range(0, count, batch):
        rows = order[start : start + batch]
        optimizer.zero_grad()
        loss(network(inputs[rows]), targets[rows]).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
seconds = (time.process_time() - started) / (epochs - 1)
with torch.no_grad():
    print(seconds, loss(network(inputs), targets).item())
