"""What is chosen from a grid, and at what cost."""

from types import SimpleNamespace

import pytest
import torch

from zslcore.methods.baselines.config import Cmt, Eszsl
from zslcore.methods.baselines.tune import grid, tune
from zslcore.nn.streams import Diverged
from zslcore.runtime.params import Params
from zslcore.runtime.run import Run

ESZSL = Eszsl(gamma=[1.0, 10.0], lam=[0.1, 0.2], targets="zero_one")


def config(**sections: Params):
    return SimpleNamespace(
        names=tuple(sections), normalize="none", class_vectors="none", **sections
    )


def chosen(problem, judge, **sections):
    return tune(problem, config(**sections), Run(seeds=(0, 1)), problem.x, judge)


def test_grid_is_every_combination_the_last_key_first():
    assert list(grid(ESZSL)) == [
        {"gamma": 1.0, "lam": 0.1, "targets": "zero_one"},
        {"gamma": 1.0, "lam": 0.2, "targets": "zero_one"},
        {"gamma": 10.0, "lam": 0.1, "targets": "zero_one"},
        {"gamma": 10.0, "lam": 0.2, "targets": "zero_one"},
    ]


def test_the_highest_criterion_wins_and_every_one_is_recorded(problem):
    values = iter([0.1, 0.2, 0.4, 0.3])
    best, records = chosen(problem, lambda scores, kind: next(values), eszsl=ESZSL)
    assert best == {"eszsl": {"gamma": 10.0, "lam": 0.1, "targets": "zero_one"}}
    assert [record["criterion"] for record in records] == [0.1, 0.2, 0.4, 0.3]
    assert [record["setting"] for record in records] == list(grid(ESZSL))
    assert {record["baseline"] for record in records} == {"eszsl"}


def test_of_equals_the_first_of_the_grid_wins(problem):
    best, _ = chosen(problem, lambda scores, kind: 0.5, eszsl=ESZSL)
    assert best["eszsl"] == next(grid(ESZSL))


def test_the_judge_sees_the_scores_of_all_seeds_images_and_classes(problem):
    cmt = Cmt(hidden=3, lr=0.1, decay=0.0, epochs=1, batch_size=30)
    shapes = []
    chosen(problem, lambda scores, kind: shapes.append(scores.shape) or 0.0, cmt=cmt)
    assert shapes == [(2, 60, 7)]


def test_a_diverging_setting_is_worst_whatever_it_would_score(problem):
    cmt = Cmt(hidden=3, lr=[1e30, 0.1], decay=0.0, epochs=2, batch_size=30)
    best, records = chosen(problem, lambda scores, kind: -5.0, cmt=cmt)
    assert best["cmt"]["lr"] == 0.1
    assert [record["criterion"] for record in records] == [None, -5.0]


def test_nothing_but_diverging_settings_is_an_error(problem):
    cmt = Cmt(hidden=3, lr=[1e30, 2e30], decay=0.0, epochs=2, batch_size=30)
    with pytest.raises(Diverged, match="cmt diverges with each of its 2 settings"):
        chosen(problem, lambda scores, kind: 0.0, cmt=cmt)


def test_a_grid_costs_one_factorisation_of_the_images(problem, monkeypatch):
    """They have 9 features; class vectors, of 4 attributes, are cheap."""
    sizes, eigh = [], torch.linalg.eigh
    monkeypatch.setattr(torch.linalg, "eigh", lambda m: sizes.append(len(m)) or eigh(m))
    chosen(problem, lambda scores, kind: 0.0, eszsl=ESZSL)
    assert sizes.count(9) == 1
    assert set(sizes) == {9, 4}
