"""Every variant is a setting that there is, and a stopped study goes on."""

import json
from pathlib import Path

import pytest

from benchmarks import study
from benchmarks.tables import put
from benchmarks.variants import STUDIES
from stages.settings import of_dataset
from zslcore.runtime.params_file import read_yaml

ROOT = Path(__file__).parents[2]


TREE = read_yaml(ROOT / "params.yaml")


def tree(dataset="shapes"):
    return of_dataset(TREE, dataset)


def asked(name, given=(), dataset="shapes"):
    """The settings of every variant."""
    found = study.variants(name, dataset, tree(dataset), dict(given))
    return {v: study.settings(tree(dataset)["bivaegan"], each) for v, each in found.items()}


@pytest.mark.parametrize("dataset", TREE["dataset"])
@pytest.mark.parametrize("name", STUDIES)
def test_variants_are_settings_and_all_differ(name, dataset):
    found = asked(name, dataset=dataset)
    assert len({repr(cfg) for cfg in found.values()}) == len(STUDIES[name])


def test_changes_reach_dotted_keys_and_leave_the_section_alone():
    section = tree()["bivaegan"]
    cfg = study.settings(section, {"prior.bbse.solve": "nonnegative", "r": 7})
    assert (cfg.prior.bbse.solve, cfg.r) == ("nonnegative", 7.0)
    assert section["prior"]["bbse"]["solve"] == "ridge"
    with pytest.raises(SystemExit, match=r"prior\.bbs: no such key"):
        study.settings(section, {"prior.bbs": 1})


@pytest.mark.parametrize("given", [{}, {"epochs.inductive": 2, "epochs.transductive": 4}])
def test_all_variants_of_the_ablation_train_as_many_epochs(given):
    epochs = {v: cfg.epochs for v, cfg in asked("ablation", given).items()}
    whole = study.settings(tree()["bivaegan"], given).epochs
    assert {e.inductive + e.transductive for e in epochs.values()} == {
        whole.inductive + whole.transductive
    }
    assert {v for v, e in epochs.items() if not e.transductive} == {
        *("inductive f-VAEGAN", "inductive Bi-VAEGAN")
    }


def test_with_feedback_the_first_phase_has_two_epochs():
    found = asked("priors", {"epochs.inductive": 1, "epochs.transductive": 9})
    epochs = {v: (cfg.epochs.inductive, cfg.epochs.transductive) for v, cfg in found.items()}
    assert epochs.pop("TF-VAEGAN, uniform") == (2, 8)
    assert set(epochs.values()) == {(1, 9)}


def test_feedback_has_the_datasets_own_weights():
    found = {d: asked("priors", dataset=d)["TF-VAEGAN, uniform"] for d in ("awa2", "cub", "sun")}
    weights = {d: (cfg.feedback.training, cfg.feedback.synthesis) for d, cfg in found.items()}
    assert weights == {"awa2": (0.01, 0.01), "cub": (1.0, 1.0), "sun": (0.1, 0.01)}


@pytest.fixture
def results(tmp_path):
    """A study of three seeds that was stopped."""
    path, columns = tmp_path / "shapes" / "radius.csv", ("variant", "t1", "seeds", "changes")
    for variant, changes in list(study.variants("radius", "shapes", tree(), {"lam": 2.0}).items()):
        if variant in ("1", "5"):
            line = {"t1": 0.5, "seeds": 3, "changes": json.dumps(changes)}
            put(path, columns, {"variant": variant}, [line])
    return path


def left(results, given, seeds):
    return study.left(study.variants("radius", "shapes", tree(), given), seeds, results)


def test_a_stopped_study_goes_on(results):
    assert left(results, {"lam": 2.0}, 3) == ["3", "10", "20", "50", "100"]
    assert len(left(results.with_name("other.csv"), {}, 5)) == 7


@pytest.mark.parametrize(("given", "seeds"), [({}, 3), ({"lam": 1.0}, 3), ({"lam": 2.0}, 5)])
def test_settings_are_not_mixed_in_one_table(results, given, seeds):
    with pytest.raises(SystemExit, match=rf"radius\.csv, line 2: 1 was run with .*and {seeds};"):
        left(results, given, seeds)


def test_only_the_last_inductive_model_is_kept(monkeypatch):
    """And it is used again by a variant that differs in the prior alone."""
    fitted = []
    monkeypatch.setattr(study, "fit_inductive", lambda p, cfg, run: fitted.append(cfg) or cfg)
    at = study.Cell(None, None, None, None, 0)
    for changes in ({}, {"prior.estimator": "mlls"}, {"r": 2.0}, {}):
        changes = {**changes, "epochs.transductive": 0}
        study.trained(at, study.settings(tree()["bivaegan"], changes))
        assert list(at.inductive.values()) == fitted[-1:]
    assert len(fitted) == 3


def test_numbers_of_a_table_have_five_digits(tmp_path):
    path = tmp_path / "shapes" / "priors.csv"
    for variant in ("uniform", "CPE, visual space"):
        put(path, ("variant", "t1"), {"variant": variant}, [{"t1": 0.1234567}])
    assert path.read_text() == 'variant,t1\nuniform,0.12346\n"CPE, visual space",0.12346\n'
