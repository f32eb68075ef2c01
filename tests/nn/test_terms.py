import pytest
import torch

from zslcore.nn.streams import Diverged
from zslcore.nn.terms import log_terms, means
from zslcore.runtime.run import Run

NAN, INF = float("nan"), float("inf")


def steps(**columns):
    """`steps(a=[[1, 2], None])`: terms of two seeds, of two steps; the second has no `a`."""
    count = len(next(iter(columns.values())))
    return [
        {name: torch.tensor(c[i]).float() for name, c in columns.items() if c[i] is not None}
        for i in range(count)
    ]


def test_the_mean_of_each_seed():
    found = means(steps(a=[[1, 10], [3, 30]], b=[[0, 1], [1, 1]]), 1)
    assert {k: v.tolist() for k, v in found.items()} == {"a": [2, 20], "b": [0.5, 1]}


def test_a_term_that_some_steps_lack_is_averaged_over_those_that_have_it():
    found = means(steps(a=[[1, 1]] * 3, b=[None, [2, 4], None]), 1)
    assert found["b"].tolist() == [2, 4]


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_the_first_term_that_is_not_finite_is_named(bad):
    column = [[0, 0], [0, 1], [0, bad], [bad, 0]]
    with pytest.raises(Diverged, match=r"^b is not finite in epoch 7, iteration 3$"):
        means(steps(a=[[0, 0]] * 4, b=column), 7)


def test_the_iteration_counts_steps_without_the_term():
    with pytest.raises(Diverged, match="b is not finite in epoch 1, iteration 4"):
        means(steps(a=[[0, 0]] * 4, b=[None, [1, 1], None, [NAN, 1]]), 1)


def test_one_record_per_seed():
    logged = []
    run = Run(seeds=(4, 9), log=logged.append)
    found = log_terms({"a": torch.tensor([1.0, 2.0]), "b": torch.tensor([3.0, 4.0])}, run, {"e": 5})
    assert found == [{"e": 5, "seed": 4, "a": 1, "b": 3}, {"e": 5, "seed": 9, "a": 2, "b": 4}]
    assert logged == found
    assert type(found[0]["a"]) is float


def test_no_steps_no_terms():
    assert means([], 1) == {}
