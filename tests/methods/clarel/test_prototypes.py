"""Which captions stand for a class."""

from dataclasses import replace

import numpy as np
import pytest

from zslcore.methods.clarel.prototypes import class_captions


@pytest.fixture
def told(tiny, settings):
    """`told(source="strict")`: captions of each class, as lists of images."""

    def found(problem=tiny.problem, seed=0, **changes):
        cfg = settings({f"prototypes.{key}": value for key, value in changes.items()})
        return [list(each) for each in class_captions(problem, cfg.prototypes, seed)]

    return found


def of_training(problem, c):
    return [problem.captions[i] for i in np.flatnonzero(problem.y == c)]


def test_all_captions_of_a_seen_class_or_those_of_training_alone(tiny, told):
    problem = tiny.problem
    every, strict = told(source="all"), told(source="strict")
    for c, seen in enumerate(problem.seen.tolist()):
        held_out, training = list(problem.class_captions[c]), of_training(problem, c)
        assert every[c] == training + held_out
        assert strict[c] == (training if seen else held_out)
        assert len(training) == (4 if seen else 0)


def test_of_many_images_a_random_part_in_order(tiny, told):
    whole = told()
    few = [told(images=2, seed=seed) for seed in range(20)]
    for c, images in enumerate(whole):
        parts = [[images.index(each) for each in found[c]] for found in few]
        assert all(len(part) == 2 and part[0] < part[1] for part in parts)
        assert set(np.concatenate(parts).tolist()) == set(range(len(images)))
    assert told(images=2, seed=3) == few[3]
    assert told(images=50) == whole


def test_classes_of_equal_size_are_not_cut_alike(told):
    whole, few = told(), told(images=1)
    assert len({w.index(f[0]) for w, f in zip(whole, few, strict=True) if len(w) == 7}) > 1


@pytest.mark.parametrize("none", [(), [()], [(), ()]])
def test_a_class_without_a_caption_is_named(tiny, told, none):
    described = list(tiny.problem.class_captions)
    described[5] = none  # an unseen one
    with pytest.raises(ValueError, match="class c5 has no caption"):
        told(replace(tiny.problem, class_captions=described))


def test_images_without_captions_do_not_count(tiny, told):
    described = list(tiny.problem.class_captions)
    described[5] = [(), *described[5], ()]
    assert told(replace(tiny.problem, class_captions=described)) == told()


def test_a_seen_class_is_known_by_its_training_captions(tiny, told):
    described = list(tiny.problem.class_captions)
    described[0] = []
    assert told(replace(tiny.problem, class_captions=described))[0] == of_training(tiny.problem, 0)


@pytest.mark.parametrize("missing", ["captions", "class_captions"])
def test_without_captions_it_says_what_is_needed(tiny, told, missing):
    with pytest.raises(ValueError, match="needs captions: of the training images, and of every"):
        told(replace(tiny.problem, **{missing: None}))
