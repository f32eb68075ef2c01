"""What is kept of single variants: of made-up models, and once of trained networks."""

import csv
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from benchmarks import portraits
from benchmarks.portraits import AUGMENTED, BARE, interesting
from benchmarks.study import Cell
from benchmarks.tables import put
from tests.methods.bivaegan.conftest import SETTINGS, changed
from zslcore.data.problem import Problem, Truth
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.method import Trained, fit_inductive, fit_transductive
from zslcore.runtime.run import Run

SEEN = np.array([True, False, True, False, False])
NAMES = ("s0", "ant", "s2", "bee", "cat")
UNSEEN = [1, 3, 4]
Y = np.array([0, 2, 2, *[1] * 50, *[3] * 30, *[4] * 20])
PRIOR = np.array([0.5, 0.3, 0.2])


class Networks:
    """Features of a class all have its id's value; the seed is told by the sign."""

    unseen, vectors = torch.tensor(UNSEEN), torch.zeros(5, 2)

    def __init__(self, signs):
        self.signs = torch.tensor(signs)

    def of(self, seeds):
        return Networks(self.signs[seeds].tolist())

    def synthesise(self, per_class, streams):
        assert streams.seeds == len(self.signs)
        y = torch.arange(3).repeat_interleave(per_class)
        return self.signs[:, None, None] * self.unseen[y, None].expand(1, -1, 4), y

    def augmented(self, v):
        return torch.cat((v, 100 + v), -1)


@dataclass(frozen=True)
class Model:
    """Doubles features; both seeds answer as `answers` says."""

    answers: np.ndarray
    frozen = Networks([1.0, -1.0])

    def scaled(self, x):
        return torch.from_numpy(2 * x)

    def scores(self, x):
        assert len(x) == self.answers.shape[1]
        return np.eye(5, dtype=np.float32)[self.answers] + 2 * SEEN  # seen ones are likelier


@pytest.fixture
def at():
    x = np.repeat(Y[:, None], 4, 1).astype(np.float32)
    unseen = ~SEEN[Y]
    vectors = np.eye(5, dtype=np.float32)
    problem = Problem(x[:3], np.array([0, 2, 2]), vectors, SEEN, NAMES, x_unlabeled=x[unseen])
    return Cell(problem, x, Truth(Y, SEEN, NAMES), Run(seeds=(7, 8)), 0)


@pytest.fixture
def found():
    """Seed 7 is right but for 10 ants of 50, taken for cats; seed 8 is right."""
    answers = np.tile(Y[3:], (2, 1))
    answers[0, :10] = 4
    prior = np.stack([np.ones((2, 3)) / 3, [PRIOR, [0, 0, 1]]])
    return Trained(Model(answers), {"prior": prior})


def lines(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_accuracies_are_of_unseen_classes_with_the_range_of_the_seeds(at, found, tmp_path):
    portraits.write("ablation", BARE, at, found, tmp_path)
    assert [tuple(line.values()) for line in lines(tmp_path / "per-class.csv")] == [
        (BARE, "ant", "0.9", "0.8", "1"),
        (BARE, "bee", "1", "1", "1"),
        (BARE, "cat", "1", "1", "1"),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["per-class.csv"]


def test_values_are_those_of_the_first_seed_in_the_shares_of_its_last_prior(
    at, found, tmp_path, monkeypatch
):
    """Real 2, 6, 8 and synthesised 1, 3, 4, both 50, 30 and 20 times: 7 bins from 1 to 8."""
    monkeypatch.setattr(portraits, "BINS", 7)
    portraits.write("normalization", "l2", at, found, tmp_path)
    table = lines(tmp_path / "values.csv")
    assert {line["normalization"] for line in table} == {"l2"}
    assert [float(line["low"]) for line in table[:7]] == [1, 2, 3, 4, 5, 6, 7]
    assert [float(line["high"]) for line in table[:7]] == [2, 3, 4, 5, 6, 7, 8]
    density = {
        kind: [float(line["density"]) for line in table if line["kind"] == kind]
        for kind in ("real", "synthesised")
    }
    assert density == {
        "real": [0, 0.5, 0, 0, 0, 0.3, 0.2],
        "synthesised": [0.5, 0, 0.3, 0.2, 0, 0, 0],
    }


def test_values_beyond_the_bins_count_in_the_density(at, found):
    """One value of 400 is far off: no bin has it, and the others are not the whole."""
    x = np.random.default_rng(0).random((100, 4)).astype(np.float32)
    x[0, 0] = 1e6
    at = replace(at, problem=replace(at.problem, x_unlabeled=x))
    table = [line for line in portraits.values(at, found) if line["kind"] == "real"]
    assert table[-1]["high"] < 100
    total = sum(line["density"] * (line["high"] - line["low"]) for line in table)
    assert 0.95 < total < 1


def test_the_plane_has_so_many_features_of_every_shown_class(at, found, tmp_path, monkeypatch):
    seen = []

    def layout(features, seed):
        seen.append(features)
        return features[:, :2] + [0, 0.5]

    monkeypatch.setattr(portraits, "layout", layout)
    monkeypatch.setattr(portraits, "CLASSES", 2)
    portraits.write("ablation", AUGMENTED, at, found, tmp_path)
    table = lines(tmp_path / "tsne.csv")
    value = {"ant": 1, "cat": 4}  # those confused; bee has more images than cat
    count = {"real": {"ant": 40, "cat": 20}, "synthesised": {"ant": 40, "cat": 40}}
    for space in ("visual", "augmented"):
        for kind, of_class in count.items():
            for name, expected in of_class.items():
                own = [
                    (float(line["x"]), float(line["y"]))
                    for line in table
                    if (line["space"], line["kind"], line["class"]) == (space, kind, name)
                ]
                place = value[name] * (2 if kind == "real" else 1)
                assert own == expected * [(place, place + 0.5)]
    assert len(table) == 2 * 140
    assert [features.shape for features in seen] == [(140, 4), (140, 8)]
    assert seen[1].max() == 108


def test_the_pair_confused_most_is_shown_and_then_the_largest_classes(monkeypatch):
    """Shares count: 1 dog in 2 is taken for a bee, 3 ants in 10 are taken for cats."""
    monkeypatch.setattr(portraits, "CLASSES", 3)
    y = np.repeat([1, 2, 3, 4], [10, 4, 9, 2])
    answers = y.copy()
    answers[:3] = 3
    answers[-1] = 2
    unseen = np.array([False, True, True, True, True, True])
    assert interesting(y, answers[None], unseen) == [2, 4, 1]
    assert interesting(y, np.stack([answers, y]), unseen) == [2, 4, 1]
    assert interesting(y, y[None], unseen) == [1, 3, 2]  # nothing is confused


def test_confusions_of_a_pair_in_both_directions_add_up(monkeypatch):
    monkeypatch.setattr(portraits, "CLASSES", 2)
    y = np.repeat([0, 1, 2], 10)
    answers = y.copy()
    answers[:4] = 1  # 0 -> 1: 0.4
    answers[10:13], answers[20:23] = 2, 1  # 1 -> 2 and 2 -> 1: 0.3 each
    assert interesting(y, answers[None], np.ones(3, bool)) == [1, 2]


def test_lines_of_a_variant_are_replaced_where_they_are(tmp_path):
    path = tmp_path / "new" / "table.csv"
    for name, numbers in {"a": [1, 2], "b": [3], "c": [4]}.items():
        put(path, ("name", "number"), {"name": name}, [{"number": n} for n in numbers])
    put(path, ("name", "number"), {"name": "b"}, [{"number": 5}, {"number": 1 / 3}])
    assert path.read_bytes() == b"name,number\na,1\na,2\nb,5\nb,0.33333\nc,4\n"
    put(path, ("name", "number"), {}, [{"name": "d", "number": 6}])
    assert path.read_bytes() == b"name,number\nd,6\n"


@pytest.mark.parametrize(
    ("study", "variant"), [("priors", "uniform"), ("radius", "1"), ("ablation", "f-VAEGAN")]
)
def test_other_variants_leave_nothing(at, found, tmp_path, study, variant):
    portraits.write(study, variant, at, found, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_trained_networks_give_the_same_files_every_time(tmp_path):
    rng = np.random.default_rng(3)
    y = np.array([0, 2, *[1] * 9, *[3] * 7, *[4] * 5])
    vectors = rng.random((5, 4)).astype(np.float32)
    x = (vectors[y] @ rng.random((4, 6)) + 0.1 * rng.random((23, 6))).astype(np.float32)
    problem = Problem(x[:2], y[:2], vectors, SEEN, NAMES, x_unlabeled=x[2:])
    at = Cell(problem, x, Truth(y, SEEN, NAMES), Run(seeds=(0, 1)), 0)
    cfg = Config.model_validate(changed(SETTINGS, {"batch_size": 2}))
    begin = fit_inductive(problem, cfg, at.run)
    found = fit_transductive(problem, cfg, at.run, begin, np.tile(PRIOR, (2, 1)), x)
    for folder in (tmp_path / "one", tmp_path / "two"):
        portraits.write("normalization", "l2", at, found, folder)
        portraits.write("ablation", AUGMENTED, at, found, folder)
    names = ["per-class.csv", "tsne.csv", "values.csv"]
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert len(lines(tmp_path / "one" / "tsne.csv")) == 2 * (21 + 3 * portraits.IMAGES)
