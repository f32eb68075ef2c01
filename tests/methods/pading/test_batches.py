"""Which segments and classes a step sees."""

import torch

from zslcore.methods.pading.batches import Batches, evenly


def test_classes_are_distinct_and_every_segment_is_of_its_class(core):
    task = core({"batch.classes": 3, "batch.samples": 5}).task
    torch.manual_seed(0)
    batches, found = Batches(task), []
    for _ in range(60):
        index = batches()
        assert index.shape == (3, 5)
        y = task.y[index]
        assert (y == y[:, :1]).all()
        assert len(y[:, 0].unique()) == 3
        found.append(index.flatten())
    assert set(torch.cat(found).tolist()) == set(range(32))


def test_there_are_no_more_classes_than_have_segments(core):
    task = core({"batch.classes": 9}).task
    y = task.y[Batches(task)()]
    assert sorted(y[:, 0].tolist()) == [0, 1, 3, 4]  # class 6 is seen, without a segment


def test_classes_come_in_turn():
    torch.manual_seed(0)
    classes = torch.tensor([2, 5, 7])
    for count in (1, 2, 3, 7, 9):
        found = evenly(classes, count)
        times = [(found == c).sum().item() for c in classes]
        assert len(found) == sum(times) == count
        assert max(times) - min(times) <= 1
    assert len({tuple(evenly(classes, 3).tolist()) for _ in range(60)}) == 6
