"""Sums over the images, made in blocks."""

import numpy as np
import torch

from zslcore.methods.baselines import prepared


def test_sums_and_gram_do_not_depend_on_the_blocks(problem, prepare, monkeypatch):
    monkeypatch.setattr(prepared, "ROWS", 7)
    data = prepare(problem)
    x = problem.x.astype(np.float64)
    sums = [x[problem.y == c].sum(0) for c in np.flatnonzero(problem.seen)]
    np.testing.assert_allclose(data.sums, sums)
    values, vectors = data.gram
    np.testing.assert_allclose(vectors * values @ vectors.T, x.T @ x, atol=1e-10)


def test_the_null_space_is_left_out():
    thin = torch.tensor([[1.0, 0, 2], [1, 0, 2], [3, 0, 5]]).double()
    values, vectors = prepared.spectrum(thin.T @ thin)
    assert values.shape == (2,)
    torch.testing.assert_close(vectors * values @ vectors.T, thin.T @ thin)


def test_unit_length_leaves_a_row_of_zeros():
    rows = torch.tensor([[3.0, 4], [0, 0]])
    torch.testing.assert_close(prepared.scaled(rows, "l2"), torch.tensor([[0.6, 0.8], [0, 0]]))
    assert prepared.scaled(rows, "none") is rows
