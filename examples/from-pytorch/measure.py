#!/usr/bin/env python3
"""Curvature, gradient noise and step times of a model, as tardigrad reads them.

Needs Debian's python3-torch (or any PyTorch >= 1.13) and nothing else. As it stands it trains a
small network on made-up data; put your own model, loss and batches into setting(). It writes

    spectrum.jsonl   {"step": ..., "eigenvalues": [...], "noise": ...}: Ritz values of the Hessian by
                     Lanczos at several checkpoints, and the deviation of a batch's gradient
                     along one direction [loss/x]
    steps.csv        worker,start,end: the steps of this process, which is one worker [ns], by a
                     clock that stands still while curvature and noise are measured
    study.yaml       a study that takes both

and then:   tardigrad spectrum spectrum.jsonl --workers 8
            tardigrad fit steps.csv
            tardigrad study study.yaml
"""

import json
import os
import sys
import time

import torch


def setting():
    """The model, its loss on a batch, and an endless source of batches: yours go here."""
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(20, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))
    direction = torch.randn(20)

    def batches():
        while True:
            x = torch.randn(64, 20)
            yield x, torch.sin(x @ direction).unsqueeze(1)

    return model, lambda batch: torch.nn.functional.mse_loss(model(batch[0]), batch[1]), batches()


def flat(tensors):
    return torch.cat([t.reshape(-1) for t in tensors])


def gradient(loss, parameters, batch):
    return flat(torch.autograd.grad(loss(batch), parameters))


def hessian_times(loss, parameters, sample, v):
    """H v, the mean over the batches of the sample."""
    total = torch.zeros_like(v)
    for batch in sample:
        g = flat(torch.autograd.grad(loss(batch), parameters, create_graph=True))
        total += flat(torch.autograd.grad(g @ v, parameters)) / len(sample)
    return total


def eigenvalues(loss, parameters, sample, count=40):
    """Ritz values of the Hessian by Lanczos with full orthogonalisation: the outer ones converge."""
    v = torch.randn(sum(p.numel() for p in parameters))
    v /= v.norm()
    basis, diagonal, beside = [v], [], []
    for _ in range(min(count, v.numel())):
        w = hessian_times(loss, parameters, sample, basis[-1])
        diagonal.append(float(w @ basis[-1]))
        for _twice in range(2):
            for b in basis:
                w -= (w @ b) * b
        if float(w.norm()) < 1e-8 * abs(diagonal[0]) or len(diagonal) == count:
            break
        beside.append(float(w.norm()))
        basis.append(w / w.norm())
    off = torch.tensor(beside[: len(diagonal) - 1])
    matrix = torch.diag(torch.tensor(diagonal)) + torch.diag(off, 1) + torch.diag(off, -1)
    return torch.linalg.eigvalsh(matrix.double()).tolist()


def noise(loss, parameters, batches, draws=30):
    """Standard deviation of a batch's gradient, per direction."""
    g = torch.stack([gradient(loss, parameters, next(batches)) for _ in range(draws)])
    return float(g.var(dim=0).mean().sqrt())


STUDY = """name: from-pytorch
objective: {{quadratic: {{spectrum: {{file: spectrum.jsonl}}, noise: {{additive: {noise:.4g}}}}}}}
workers: {{count: 8, compute: {{law: gamma, shape: 4, mean: {mean:.4g}}}}}   # or what fit writes
algorithm: {{name: asgd, step: {step:.4g}}}
horizon: {horizon:.4g}
target: {{loss: 1.0e-2}}
"""


def main(folder, steps=300, every=100, rate=0.05):
    model, loss, batches = setting()
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.SGD(parameters, lr=rate)
    spectra, times, measured = [], [], 0
    for step in range(steps + 1):
        before = time.time_ns()
        if step % every == 0:
            h = eigenvalues(loss, parameters, [next(batches) for _ in range(8)])
            spectra.append({"step": step, "eigenvalues": h, "noise": noise(loss, parameters, batches)})
        start = time.time_ns()
        measured += start - before
        optimiser.zero_grad()
        loss(next(batches)).backward()
        optimiser.step()
        times.append((start - measured, time.time_ns() - measured))
    with open(os.path.join(folder, "spectrum.jsonl"), "w") as f:
        f.writelines(json.dumps(s) + "\n" for s in spectra)
    with open(os.path.join(folder, "steps.csv"), "w") as f:
        f.write("worker,start,end\n")
        f.writelines(f"0,{a},{b}\n" for a, b in times)
    mean = sum(b - a for a, b in times) / len(times) / 1e9
    with open(os.path.join(folder, "study.yaml"), "w") as f:
        largest = max(spectra[-1]["eigenvalues"])
        f.write(STUDY.format(noise=spectra[-1]["noise"], mean=mean, step=0.1 / (8 * largest),
                             horizon=2000 * mean))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".")
