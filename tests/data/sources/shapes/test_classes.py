"""Which classes there are, over several seeds; written without the generator's own codes."""

from collections import Counter
from dataclasses import asdict, astuple
from itertools import combinations

import numpy as np
import pytest

from zslcore.data.sources.shapes import classes
from zslcore.data.sources.shapes.classes import draw_classes
from zslcore.data.sources.shapes.factors import VALUES


@pytest.fixture(scope="module", params=range(8))
def specs(request, tiny):
    return draw_classes(tiny(), np.random.default_rng(request.param))


TRAIN, VAL, SEEN, UNSEEN = slice(32), slice(32, 40), slice(40), slice(40, 52)


def n_marked(specs):
    return sum(spec.mark == "present" for spec in specs)


def neighbours(specs):
    """The group of the only difference, of each pair of classes that differ in just one."""
    for a, b in combinations(map(asdict, specs), 2):
        groups = [group for group in VALUES if a[group] != b[group]]
        if len(groups) == 1:
            yield groups[0]


def value_pairs(spec):
    """All pairs of values of a class, but for its mark."""
    return set(combinations(astuple(spec)[:-1], 2))


def test_all_classes_differ(specs):
    assert len(set(specs)) == len({spec.name for spec in specs}) == 52


@pytest.mark.parametrize("seen", [40, 41, 42])
@pytest.mark.parametrize("unseen", [4, 11, 13])
def test_there_are_as_many_as_asked_for(tiny, seen, unseen):
    cfg = tiny(seen_classes=seen, unseen_classes=unseen, sibling_share=0.5)
    assert len(draw_classes(cfg, np.random.default_rng(0))) == seen + unseen


def test_what_is_left_to_train_on_in_val_shows_every_value_twice(specs):
    for group, values in VALUES.items():
        shown = Counter(asdict(spec)[group] for spec in specs[TRAIN])
        assert min(shown[value] for value in values) >= 2, group


def test_mark_hardly_varies_over_seen_classes_and_halves_the_unseen_ones(specs):
    assert n_marked(specs[TRAIN]) == 2
    assert n_marked(specs[VAL]) == 2
    assert n_marked(specs[UNSEEN]) == 6


def test_marked_train_classes_are_counted(tiny):
    specs = draw_classes(tiny(marked_train_classes=5), np.random.default_rng(0))
    assert n_marked(specs[TRAIN]) == 5


@pytest.mark.parametrize(
    ("part", "families"), [(TRAIN, 2), (VAL, 2), (UNSEEN, 4)], ids=["train", "val", "unseen"]
)
def test_some_classes_are_told_apart_by_the_mark_alone(specs, part, families):
    assert Counter(neighbours(specs[part]))["mark"] >= families


@pytest.mark.parametrize(("part", "families"), [(VAL, 2), (UNSEEN, 4)], ids=["val", "unseen"])
def test_some_classes_are_told_apart_by_another_value_alone(specs, part, families):
    assert sum(group != "mark" for group in neighbours(specs[part])) >= families


def test_siblings_are_as_many_as_asked_for(tiny):
    def n_neighbours(share):
        specs = draw_classes(tiny(sibling_share=share), np.random.default_rng(0))
        return len(list(neighbours(specs[TRAIN])))

    assert n_neighbours(0.0) < n_neighbours(0.5) - 5


def test_unseen_combinations_cannot_be_excluded(tiny):
    """Their pairs of values occur in seen classes as often as those of seen classes do.

    In a small Latin square the unseen combinations are those whose pairs never occur, and a
    network learns to exclude just them.
    """
    shares = {"seen": [], "unseen": []}
    for seed in range(30):
        specs = draw_classes(tiny(), np.random.default_rng(seed))
        for c, spec in enumerate(specs):
            others = [other for other in specs[SEEN] if value_pairs(other) != value_pairs(spec)]
            shown = value_pairs(spec) & set().union(*map(value_pairs, others))
            shares["seen" if c < 40 else "unseen"].append(len(shown) / len(value_pairs(spec)))
    assert np.mean(shares["unseen"]) == pytest.approx(np.mean(shares["seen"]), abs=0.06)


def test_gives_up_with_advice(tiny, monkeypatch):
    monkeypatch.setattr(classes, "ATTEMPTS", 0)
    with pytest.raises(ValueError, match="raise seen_classes, or lower"):
        draw_classes(tiny(), np.random.default_rng(0))
