from dataclasses import replace

import numpy as np
import pytest

from zslcore.data import scores

E, S, N, K, U = 2, 3, 5, 4, 2


@pytest.fixture
def row():
    """A row that was monitored after epochs 1 and 3 of three, with classes 2 and 3 unseen."""
    rng = np.random.default_rng(0)
    return scores.Scores(
        values=rng.normal(size=(S, N, K)).astype(np.float32),
        kind="similarity",
        settings={"lr": 0.1},
        seeds=(4, 5, 6),
        setting="transductive",
        history={
            "answers": rng.integers(2, 4, size=(E, S, N)),
            "epochs": np.array([1, 3]),
            "prior": rng.dirichlet(np.ones(U), size=(4, S)),
        },
    )


def with_history(row, **changes):
    kept = {k: v for k, v in (row.history | changes).items() if v is not None}
    return replace(row, history=kept)


def test_rows_come_back_with_what_they_are(row, tmp_path):
    far = scores.Scores(-abs(row.values[:2]), "distance", {"lr": 0.2}, (0, 1))
    scores.save({"m": row, "far": far}, tmp_path)
    back = scores.load(tmp_path)
    assert list(back) == ["far", "m"]
    for name, saved in {"m": row, "far": far}.items():
        found = back[name]
        about = (found.kind, found.settings, found.seeds, found.setting)
        assert about == (saved.kind, saved.settings, saved.seeds, saved.setting)
        np.testing.assert_array_equal(found.values, saved.values)
        assert set(found.history) == set(saved.history)
        for key, kept in saved.history.items():
            np.testing.assert_array_equal(found.history[key], kept)


def test_a_row_knows_nothing_and_keeps_nothing_unless_it_says_so(tmp_path):
    scores.save({"m": scores.Scores(np.zeros((1, 2, 3)), "similarity")}, tmp_path)
    assert scores.load(tmp_path)["m"].setting == "inductive"
    assert scores.load(tmp_path)["m"].history == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.npy", "rows.json"]


def test_histories_lie_beside_the_scores_in_small_types_and_are_mapped(row, tmp_path):
    scores.save({"m": row}, tmp_path)
    names = ["m.answers.npy", "m.epochs.npy", "m.npy", "m.prior.npy", "rows.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    back = scores.load(tmp_path)["m"]
    assert back.history["answers"].dtype == np.int16
    assert back.history["epochs"].dtype == np.int64
    assert back.history["prior"].dtype == np.float64
    assert all(isinstance(a, np.memmap) for a in (back.values, *back.history.values()))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"loss": np.zeros(3)}, "history has loss; known: answers, epochs, prior"),
        ({"epochs": None}, "needs both answers and epochs"),
        ({"answers": None}, "needs both answers and epochs"),
        ({"epochs": np.array([1, 2, 3])}, r"\(3, 3, 5\), are \(2, 3, 5\)"),
        ({"answers": np.zeros((E, S, N + 1))}, r"\(2, 3, 5\), are \(2, 3, 6\)"),
        ({"answers": np.zeros((E, S - 1, N))}, r"\(2, 3, 5\), are \(2, 2, 5\)"),
        ({"answers": np.zeros((0, S, N)), "epochs": np.zeros(0)}, "at least one, 3, 5"),
        ({"epochs": np.array([3, 1])}, r"rise, are \[3, 1\]"),
        ({"epochs": np.array([1, 1])}, r"rise, are \[1, 1\]"),
        ({"epochs": np.array([-1, 1])}, r"0 or more and rise, are \[-1, 1\]"),
        ({"answers": np.full((E, S, N), K)}, "answers run from 4 to 4; allowed: class ids, 0 to 3"),
        ({"answers": np.full((E, S, N), -1)}, "answers run from -1 to -1"),
        ({"prior": np.full((4, S), 0.5)}, r"3 seeds, unseen classes\), is \(4, 3\)"),
        ({"prior": np.full((4, S + 1, U), 0.5)}, r"3 seeds, unseen classes\), is \(4, 4, 2\)"),
        ({"prior": np.zeros((0, S, U))}, r"is \(0, 3, 2\)"),
        ({"prior": np.full((4, S, U), 0.4)}, "does not sum to 1"),
        ({"prior": np.full((4, S, U), np.nan)}, "a NaN"),
        ({"prior": np.broadcast_to([1.5, -0.5], (4, S, U))}, "negative share"),
        ({"prior": np.full((3, S, U), 0.5)}, "2 epochs, but epoch 3 is monitored"),
    ],
)
def test_a_history_that_is_not_what_it_should_be_is_refused(row, tmp_path, changes, said):
    with pytest.raises(ValueError, match=f"m: .*{said}"):
        scores.save({"fine": row, "m": with_history(row, **changes)}, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_prior_may_be_kept_without_answers(row, tmp_path):
    scores.save({"m": with_history(row, answers=None, epochs=None)}, tmp_path)
    assert list(scores.load(tmp_path)["m"].history) == ["prior"]


def test_scores_that_are_not_finite_are_refused(tmp_path):
    bad = scores.Scores(np.full((1, 2, 3), np.nan, np.float32), "similarity")
    with pytest.raises(ValueError, match="eszsl: a score is NaN"):
        scores.save({"eszsl": bad}, tmp_path / "x")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["a.prior", "../a", "a b", ""])
def test_names_that_could_be_taken_for_something_else_are_refused(row, tmp_path, name):
    """A dot ends a row's name in the keys of the metrics and in the names of files."""
    with pytest.raises(ValueError, match="cannot be a row's name; allowed"):
        scores.save({name: row}, tmp_path / "x")
    assert not (tmp_path / "x").exists()
