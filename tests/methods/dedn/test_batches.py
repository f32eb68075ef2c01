"""Which images a step sees."""

import numpy as np
import pytest
import torch

from zslcore.methods.dedn.batches import Batches, steps_of
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

Y = torch.tensor([4, 1, 4, 4, 7, 1, 4, 1, 2, 4])  # 3 of class 1, 1 of 2, 5 of 4, 1 of 7
RUN = Run(seeds=(0, 1))


@pytest.fixture
def batches(settings):
    def made(sampler, size, key=0, run=RUN):
        cfg = settings({"sampler": sampler, "batch_size": size})
        return Batches(Y, cfg, Streams(run, key))

    return made


@pytest.mark.parametrize(("size", "classes", "each"), [(2, 2, 1), (4, 4, 1), (7, 4, 1), (9, 4, 2)])
def test_balanced_batches_have_distinct_classes_and_as_many_images_of_each(
    batches, size, classes, each
):
    draw = batches("balanced", size)
    for _ in range(20):
        found = Y[draw()]
        assert found.shape == (2, classes * each)
        for row in found:
            _, count = row.unique(return_counts=True)
            assert count.tolist() == [each] * classes


@pytest.mark.parametrize("size", [2, 9])
def test_balanced_batches_draw_every_image_of_a_class_equally_often(batches, size):
    draw = batches("balanced", size)
    drawn = torch.stack([draw() for _ in range(1500)]).transpose(0, 1).flatten(1)
    for row in drawn:  # of a seed
        count = torch.bincount(row, minlength=len(Y)).double()
        expected = 1 / (4 * torch.bincount(Y)[Y])  # four classes alike, and images within each
        np.testing.assert_allclose(count / count.sum(), expected, atol=0.02)


def test_uniform_batches_are_distinct_images_of_the_whole_set(batches):
    draw = batches("uniform", 6)
    drawn = torch.stack([draw() for _ in range(1000)])
    assert drawn.shape == (1000, 2, 6)
    assert all(len(set(row)) == 6 for row in drawn.flatten(0, 1).tolist())
    share = torch.bincount(drawn.flatten()) / drawn.numel()
    torch.testing.assert_close(share, torch.full((10,), 0.1), atol=0.01, rtol=0)


def test_a_batch_larger_than_the_set_is_the_set(batches):
    assert sorted(batches("uniform", 50)()[1].tolist()) == list(range(10))


@pytest.mark.parametrize("sampler", ["balanced", "uniform"])
def test_seeds_and_keys_draw_on_their_own(batches, sampler):
    both, again, other = (batches(sampler, 4, key) for key in (1, 1, 2))
    alone = batches(sampler, 4, 1, Run(seeds=(1,)))
    first = both()
    assert torch.equal(first, again())
    assert torch.equal(first[[1]], alone())
    assert not torch.equal(first, other())
    assert not torch.equal(first[0], first[1])


@pytest.mark.parametrize(
    ("images", "size", "epochs"), [(7057, 50, 80), (99, 10, 7), (10, 10, 3), (105, 50, 4)]
)
def test_all_steps_together_are_as_many_as_the_code_makes(images, size, epochs):
    steps = [steps_of(epoch, images, size) for epoch in range(epochs)]
    assert sum(steps) == images * epochs // size
    assert max(steps) - min(steps) <= 1


def test_a_set_smaller_than_a_batch_has_a_step_per_epoch():
    assert [steps_of(epoch, 3, 50) for epoch in range(4)] == [1] * 4
