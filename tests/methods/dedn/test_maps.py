"""Region maps as batches."""

import numpy as np
import pytest
import torch

from zslcore.data.problem import Rows
from zslcore.methods.dedn import maps
from zslcore.methods.dedn.maps import Maps

CPU = torch.device("cpu")


@pytest.fixture
def rows():
    values = np.random.default_rng(0).random((6, 3, 5)).astype(np.float16)
    values[2, 1] = 0
    return values


def test_every_region_has_unit_length_and_an_empty_one_stays_empty(rows):
    found = Maps(rows, CPU)[torch.tensor([[2, 0], [5, 2]])]
    assert found.shape == (2, 2, 3, 5)
    assert found.dtype == torch.float32
    length = found.norm(dim=3)
    assert (length[0, 0, 1], length[1, 1, 1]) == (0, 0)
    length[0, 0, 1] = length[1, 1, 1] = 1
    torch.testing.assert_close(length, torch.ones(2, 2, 3))


def test_it_gives_the_images_of_the_positions(rows):
    found = Maps(rows, CPU)[torch.tensor([[4, 1], [1, 0]])].numpy()
    for place, image in (((0, 0), 4), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)):
        exact = rows[image].astype(np.float64)
        exact /= np.linalg.norm(exact, axis=1, keepdims=True)
        np.testing.assert_allclose(found[place], exact, rtol=1e-5)


def test_what_is_read_from_a_file_is_what_is_kept(rows, tmp_path, monkeypatch):
    np.save(tmp_path / "maps.npy", rows)
    file = np.load(tmp_path / "maps.npy", mmap_mode="r")
    order = np.array([5, 3, 2, 0])
    kept = Maps(Rows(file, order), CPU)
    assert kept.kept is not None
    monkeypatch.setattr(maps, "RESIDENT", rows[order].nbytes)
    assert Maps(Rows(file, order), CPU).kept is not None
    monkeypatch.setattr(maps, "RESIDENT", rows[order].nbytes - 1)
    read = Maps(Rows(file, order), CPU)
    assert read.kept is None
    index = torch.tensor([[3, 0], [1, 1]])
    assert torch.equal(read[index], kept[index])
    assert torch.equal(read[index], Maps(rows, CPU)[torch.tensor([[0, 5], [3, 3]])])


def test_sizes_and_the_default_type(rows, float64):
    held = Maps(rows, CPU)
    assert (len(held), held.shape) == (6, (3, 5))
    assert held[torch.tensor([0])].dtype == torch.float64


def test_reading_leaves_what_is_kept_as_it_was(rows):
    held = Maps(rows, CPU)
    first = held[torch.tensor([1])]
    first.zero_()
    assert held[torch.tensor([1])].abs().sum() > 0


def test_reading_a_few_images_at_a_time_changes_nothing(monkeypatch):
    rows = np.random.default_rng(0).normal(size=(7, 3, 4)).astype(np.float16)
    index = torch.tensor([[6, 0, 3], [3, 5, 1]])
    whole = maps.Maps(rows, torch.device("cpu"))[index]
    monkeypatch.setattr(maps, "BLOCK", 24)  # two images
    assert torch.equal(maps.Maps(rows, torch.device("cpu"))[index], whole)
