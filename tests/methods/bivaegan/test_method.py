"""What Bi-VAEGAN owes its callers."""

import copy
from dataclasses import replace

import numpy as np
import pytest

from tests.methods.killed import Killed
from tests.methods.nested import leaves
from zslcore.methods.bivaegan import method
from zslcore.methods.bivaegan.method import fit, fit_inductive, fit_transductive, load
from zslcore.methods.bivaegan.pretune_config import Pretune
from zslcore.nn import resume
from zslcore.nn.streams import Diverged
from zslcore.runtime.run import Run

SEEDS = (0, 1)
KNOWN = np.array([24, 12, 6]) / 42


def train(tiny, cfg, seeds=SEEDS, **how):
    problem, x, _ = tiny
    run = Run(seeds=seeds, **how)
    begin = fit_inductive(problem, cfg, run)
    prior = method.first_prior(problem, begin, run, KNOWN)
    return fit_transductive(problem, cfg, run, begin, prior, x)


@pytest.fixture(scope="module")
def trained(tiny, settings):
    """Once for the tests below."""
    return train(tiny, settings())


@pytest.fixture(scope="module")
def scores(trained, tiny):
    return trained.model.scores(tiny[1])


def test_scores_are_log_probabilities_of_all_classes(trained, scores, tiny):
    assert scores.shape == (2, len(tiny[1]), 9)
    assert scores.dtype == np.float32
    np.testing.assert_allclose(np.exp(scores).sum(-1), 1, rtol=1e-5)
    assert trained.model.kind == "similarity"


def test_same_seed_same_scores(tiny, settings, scores):
    assert np.array_equal(train(tiny, settings()).model.scores(tiny[1]), scores)


@pytest.mark.parametrize("estimator", ["cpe", "bbse", "mlls"])
def test_a_seed_alone_is_the_seed_in_company(tiny, settings, estimator):
    cfg = settings({"prior.estimator": estimator})
    both = train(tiny, cfg)
    scores = both.model.scores(tiny[1])
    for place, seed in enumerate(SEEDS):
        alone = train(tiny, cfg, seeds=(seed,))
        np.testing.assert_allclose(alone.model.scores(tiny[1])[0], scores[place], atol=1e-3)
        np.testing.assert_allclose(
            alone.history["prior"][:, 0], both.history["prior"][:, place], atol=1e-5
        )
    assert not np.allclose(scores[0], scores[1], atol=1e-3)


def test_files_restore_the_scores(trained, scores, tiny, tmp_path):
    trained.model.save(tmp_path)
    assert np.array_equal(load(tmp_path).scores(tiny[1]), scores)


@pytest.mark.parametrize("changes", [{"normalization": "minmax"}, {"pretune.epochs": 2}])
def test_files_hold_scaling_and_pretuning(tiny, settings, tmp_path, changes):
    model = train(tiny, settings(changes)).model
    model.save(tmp_path)
    assert np.array_equal(load(tmp_path).scores(tiny[1]), model.scores(tiny[1]))


def test_incomplete_files_are_named(trained, tmp_path):
    import safetensors.torch

    trained.model.save(tmp_path)
    path = tmp_path / "model.safetensors"
    tensors = safetensors.torch.load(path.read_bytes())
    del tensors["zsl.bias"]
    path.write_bytes(safetensors.torch.save(tensors))
    with pytest.raises(ValueError, match=r"holds no complete Bi-VAEGAN: .*bias.*dvc repro"):
        load(tmp_path)


def test_missing_files_are_named_with_what_to_do(trained, tmp_path):
    with pytest.raises(ValueError, match=r"nowhere holds no complete.*`dvc repro` train it anew"):
        load(tmp_path / "nowhere")
    trained.model.save(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"short")
    with pytest.raises(ValueError, match="holds no complete"):
        load(tmp_path)


def test_files_of_an_earlier_model_go_away(tiny, settings, trained, tmp_path):
    """Those that the later one has not: a tuner, and what another phase would go on with."""
    first = fit_inductive(tiny[0], settings({"pretune.epochs": 2}), Run(seeds=SEEDS))
    first.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *("model.json", "model.safetensors", "progress.safetensors", "tuner")
    }
    trained.model.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"model.json", "model.safetensors"}
    assert np.array_equal(load(tmp_path).scores(tiny[1]), trained.model.scores(tiny[1]))


def saved(model, folder):
    model.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_three_steps_are_fit_and_files_between_them_change_no_byte(tiny, settings, tmp_path):
    """With an average, which is not what training goes on from."""
    cfg, run = settings({"average": 0.9}), Run(seeds=SEEDS)
    fit_inductive(tiny[0], cfg, run).save(tmp_path / "inductive")
    prior = method.first_prior(tiny[0], load(tmp_path / "inductive"), run)
    begin = load(tmp_path / "inductive")
    through_files = fit_transductive(tiny[0], cfg, run, begin, prior).model
    assert saved(fit(tiny[0], cfg, run), tmp_path / "a") == saved(through_files, tmp_path / "b")


def test_a_finished_training_cannot_be_gone_on_with(tiny, settings, trained):
    with pytest.raises(ValueError, match=r"training has ended.*model of the inductive step"):
        fit_transductive(tiny[0], settings(), Run(seeds=SEEDS), trained.model, KNOWN[None])


def test_factored_scores_order_unseen_classes_as_the_classifier_among_them(tiny, settings, trained):
    x = tiny[1]
    cfg = settings({"classifier.gzsl": "factored"})
    joint = trained.model.scores(x)
    model = trained.model.with_settings(cfg)
    factored = model.scores(x)
    np.testing.assert_allclose(np.exp(factored).sum(-1), 1, rtol=1e-5)
    np.testing.assert_allclose(factored[..., :6], joint[..., :6])
    among = method.classifiers.logits(model.frozen, model.zsl, model.scaled(x))
    assert np.array_equal(factored[..., 6:].argmax(-1), among.argmax(-1).numpy())


def test_history_has_a_prior_more_than_epochs_and_answers_of_unseen_classes(trained, tiny):
    history = trained.history
    assert history["prior"].shape == (3, 2, 3)
    np.testing.assert_allclose(history["prior"].sum(-1), 1, rtol=1e-5)
    assert history["answers"].shape == (2, 2, len(tiny[1]))
    assert history["answers"].dtype == np.int16
    assert set(np.unique(history["answers"])) <= {6, 7, 8}
    assert history["epochs"].tolist() == [1, 2]


def test_what_is_watched_changes_nothing(tiny, settings, scores):
    problem, x, _ = tiny
    cfg, run = settings(), Run(seeds=SEEDS)
    begin = fit_inductive(problem, cfg, run)
    prior = method.first_prior(problem, begin, run)
    for watched in (None, x[::-1]):
        model = fit_transductive(problem, cfg, run, begin, prior, watched).model
        assert np.array_equal(model.scores(x), scores)


def test_the_inductive_step_does_not_look_at_unlabelled_images(tiny, settings):
    problem, x, _ = tiny
    blind = replace(problem, x_unlabeled=None)
    found = [fit_inductive(p, settings(), Run(seeds=SEEDS)).scores(x) for p in (problem, blind)]
    assert np.array_equal(*found)


def test_without_unlabelled_images_it_says_what_to_do(tiny, settings):
    problem = replace(tiny[0], x_unlabeled=None)
    with pytest.raises(ValueError, match=r"no unlabelled images.*epochs\.transductive to 0"):
        fit(problem, settings(), Run())
    inductive = settings({"epochs.transductive": 0})
    assert fit(problem, inductive, Run()).scores(tiny[1]).shape == (1, 42, 9)


def test_a_known_prior_must_be_given(tiny, settings):
    cfg = settings({"prior.estimator": "oracle"})
    with pytest.raises(ValueError, match="no known prior"):
        fit(tiny[0], cfg, Run())
    trained = train(tiny, cfg)
    np.testing.assert_allclose(trained.history["prior"], np.tile(KNOWN, (3, 2, 1)), rtol=1e-6)


def test_leaves_the_problem_untouched(tiny, settings):
    before = copy.deepcopy(tiny[0])
    fit(tiny[0], settings(), Run())
    for key in ("x", "y", "class_vectors", "seen", "x_unlabeled"):
        assert np.array_equal(getattr(tiny[0], key), getattr(before, key))


def test_every_epoch_and_seed_is_logged_with_label_free_monitors(tiny, settings):
    records = []
    train(tiny, settings(), log=records.append)
    steps = [(r["phase"], r["epoch"], r["seed"]) for r in records]
    assert steps == [
        (phase, epoch, seed)
        for phase in ("inductive", "transductive")
        for epoch in (1, 2)
        for seed in SEEDS
    ]
    last = records[-1]
    for key in ("prior_change", "agreement", "penalty_weight_du"):
        assert last[key] >= 0
    assert {"wasserstein_seen", "wasserstein_unseen", "wasserstein_attribute"} <= last.keys()
    of_critics = {"wasserstein_unseen", "wasserstein_attribute", "penalty_weight_du"}
    assert not of_critics & records[0].keys()
    assert records[0]["penalty_weight_d"] > 0


@pytest.mark.parametrize("after", [1, 3, 4, 6, 7])
def test_killed_and_run_again_it_ends_with_the_same_bytes(
    tiny, settings, tmp_path, monkeypatch, after
):
    """Killed after so many of the eight log records."""
    monkeypatch.setattr(resume, "OFTEN", 0.0)
    cfg, whole, again = settings({"average": 0.9, "classifier.gzsl": "factored"}), [], []
    expected = train(tiny, cfg, log=whole.append)

    def log(record):
        again.append(record)
        if len(again) == after:
            raise Killed

    with pytest.raises(Killed):
        train(tiny, cfg, log=log, scratch=tmp_path)
    assert any(tmp_path.iterdir()) or after < 3
    again.clear()
    found = train(tiny, cfg, log=again.append, scratch=tmp_path)
    assert again == whole
    assert np.array_equal(found.model.scores(tiny[1]), expected.model.scores(tiny[1]))
    for key, values in expected.history.items():
        assert np.array_equal(found.history[key], values)


@pytest.mark.filterwarnings("ignore")
def test_divergence_is_named_with_term_and_step(tiny, settings):
    with pytest.raises(Diverged, match=r"\w+ is not finite in epoch 1, iteration \d"):
        fit(tiny[0], settings({"optimizer.lr": 1e30}), Run())


PRETUNE = {"pretune.epochs": 2}
MATTERS_WITH = {
    "pretune.epochs": {},
    "prior.calibrate": {"prior.estimator": "mlls"},
    "shots": None,  # of the stage give_oracle: tests/data/test_oracle.py
    "knowledge": None,
    "feedback.synthesis": {"feedback.training": 0.5, "epochs.transductive": 2},
    "feedback.lr": {"feedback.training": 0.5, "feedback.synthesis": 0.5},
    "feedback.training": {"feedback.synthesis": 0.5},
    "prior.bbse.answers": {"prior.estimator": "bbse"},
    "prior.bbse.solve": {"prior.estimator": "bbse", "prior.bbse.epochs": 9},
    "prior.bbse.lr": {"prior.estimator": "bbse"},
    "prior.bbse.epochs": {"prior.estimator": "bbse"},
    "prior.bbse.batch_size": {"prior.estimator": "bbse"},
    "prior.synthetic_per_class": {"prior.estimator": "bbse"},
    "prior.floor": {"prior.estimator": "classifier", "classifier.epochs": 1, "classifier.lr": 1e-6},
    "classifier.lr": {"prior.estimator": "classifier"},
    "classifier.epochs": {"prior.estimator": "classifier"},
    "prior.refresh": {"epochs.transductive": 3},
    "prior.space": {"optimizer.lr": 0.02},
}
ANOTHER = {
    "normalization": "minmax",
    "encoder": False,
    "unseen_critic": False,
    "regressor": "supervised",
    "augment": False,
    "attribute_loss": "l1",
    "pretune.attribute_loss": "l1",
    "reconstruction": "code",
    "attribute_critic": "unseen",
    "encoded_noise": True,
    "inductive_beta": False,
    "penalty.control": "fixed",
    "precision": "bf16",
    "prior.estimator": "uniform",
    "prior.space": "visual",
    "prior.calibrate": False,
    "prior.floor": 0.009,
    "prior.bbse.answers": "soft",
    "prior.bbse.solve": "nonnegative",
    "classifier.gzsl": "factored",
    "noise": 3,
    "seen_regression": 5.0,
    "average": 0.9,
    "optimizer.beta1": 0.9,
    "optimizer.beta2": 0.9,
    "optimizer.weight_decay": 1.0,
    "feedback.training": 0.5,
    "feedback.synthesis": 0.5,
    "pretune.epochs": 2,
    "pretune.beta1": 0.9,
    "pretune.beta2": 0.9,
    "monitor": 2,
}


def test_every_hyperparameter_matters(tiny, settings):
    plain = dict(leaves(settings().model_dump()))
    known, unused = {}, []

    def outcome(changes):
        key = repr(sorted(changes.items()))
        if key not in known:
            found = train(tiny, settings(changes), seeds=(0,))
            history = found.history.get("epochs", np.zeros(0)).tobytes()
            known[key] = found.model.scores(tiny[1]).tobytes() + history
        return known[key]

    for key, value in plain.items():
        needed = MATTERS_WITH.get(key, PRETUNE if key.startswith("pretune.") else {})
        if needed is None:
            continue
        other = ANOTHER.get(key, 2 * value)
        if outcome(dict(needed)) == outcome({**needed, key: other}):
            unused.append(key)
    assert unused == [], unused


def test_pretuning_settings_are_all_there():
    assert len(Pretune.model_fields) == 12
