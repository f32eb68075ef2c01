"""What happens when in a training, and what one phase leaves to the next."""

import numpy as np
import pytest
import torch

from zslcore.methods.bivaegan import method, train
from zslcore.methods.bivaegan.method import fit, fit_inductive, fit_transductive
from zslcore.methods.bivaegan.networks import build
from zslcore.methods.bivaegan.prepared import prepare
from zslcore.methods.bivaegan.state import start
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

SEEDS = (0, 1)
RUN = Run(seeds=SEEDS)
PRIOR = np.array([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])


def new(tiny, cfg):
    """A training that has not begun."""
    data = prepare(tiny[0], cfg, RUN)
    prior = torch.full((2, 3), 1 / 3)
    return data, start(build(cfg, 10, 5, Streams(RUN, train.INDUCTIVE), False), prior, cfg)


def go_on(tiny, cfg):
    """The transductive phase from `PRIOR` on."""
    begin = fit_inductive(tiny[0], cfg, RUN)
    return fit_transductive(tiny[0], cfg, RUN, begin, PRIOR, tiny[1])


@pytest.fixture
def played(monkeypatch):
    """Names, feedback and prior of all levels that are played, in place of playing them."""
    found = []

    def play(name):
        return lambda p: found.append((name, p.feedback, p.prior)) or {}

    for name in ("level_one", "level_two"):
        monkeypatch.setattr(train, name, play(name))
    return found


def test_the_second_phase_is_the_first_ones_training_going_on(tiny, settings):
    """Without the critics that only it has, it is the same game: parameters, average, optimisers'
    memory and penalties' weights all are where they were."""
    changes = {"unseen_critic": False, "regressor": "supervised", "average": 0.9, "monitor": 0}
    cfg = settings({**changes, "prior.estimator": "uniform"})
    data, state = new(tiny, cfg)
    for phase in (train.INDUCTIVE, train.TRANSDUCTIVE):
        state.epochs = 0
        for _ in range(2):
            train.run_epoch(state, data, cfg, RUN, phase)
            state.epochs += 1
    begin = fit_inductive(tiny[0], cfg, RUN)
    before = {key: value.clone() for key, value in begin.progress.items()}
    uniform = np.full((2, 3), 1 / 3, np.float32)
    found = fit_transductive(tiny[0], cfg, RUN, begin, uniform).model.frozen.nets
    for name, values in state.nets().items():
        for key, value in values.items():
            assert torch.equal(found[name][key], value), f"{name}.{key}"
    assert all(torch.equal(begin.progress[key], value) for key, value in before.items())


def test_the_average_moves_towards_the_generator(tiny, settings):
    _, state = new(tiny, settings({"average": 0.9}))
    old = {key: value.clone() for key, value in state.averaged.items()}
    state.networks["g"].flat.data.add_(1.0)
    state.follow(0.9)
    for key, value in state.nets()["g"].items():
        torch.testing.assert_close(value, 0.9 * old[key] + 0.1 * (old[key] + 1))


def test_level_one_comes_every_so_many_iterations_across_epochs(tiny, settings, played):
    cfg = settings({"epochs.iterations": 3, "level_one.every": 2})
    data, state = new(tiny, cfg)
    for _ in range(2):
        train.run_epoch(state, data, cfg, RUN, train.INDUCTIVE)
        state.epochs += 1
    names = [name for name, _, _ in played]
    assert names == ["level_one", *2 * ["level_two"]] * 3


def test_feedback_is_for_every_second_epoch(tiny, settings, played):
    cfg = settings({"epochs.iterations": 1, "feedback.training": 0.5, "level_one.every": 9})
    data, state = new(tiny, cfg)
    for _ in range(4):
        train.run_epoch(state, data, cfg, RUN, train.INDUCTIVE)
        state.epochs += 1
    assert [feedback for name, feedback, _ in played if name == "level_two"] == [0, 0.5, 0, 0.5]


@pytest.mark.parametrize(("refresh", "at"), [(1, [1, 2, 3]), (2, [2, 3]), (5, [3])])
def test_an_estimate_is_made_in_time_and_trained_with(
    tiny, settings, played, monkeypatch, refresh, at
):
    """After every so many epochs and after the last; the next epoch draws by it."""
    changes = {"epochs.transductive": 3, "epochs.iterations": 1, "prior.refresh": refresh}
    estimates, asked = {e: np.roll(PRIOR, e, axis=1) for e in (1, 2, 3)}, []

    def estimate(*given):
        asked.append(given[-1][-1])
        return estimates[asked[-1]]

    monkeypatch.setattr(train, "estimate", estimate)
    history = go_on(tiny, settings({**changes, "level_one.every": 9})).history
    assert asked == at
    expected = [PRIOR]
    for epoch in (1, 2, 3):
        expected.append(estimates[epoch] if epoch in at else expected[-1])
    np.testing.assert_allclose(history["prior"], expected, rtol=1e-6)
    drawn_by = [prior.numpy() for name, _, prior in played if name == "level_two"][-3:]
    np.testing.assert_allclose(drawn_by, expected[:3], rtol=1e-6)


@pytest.mark.parametrize("estimator", ["bbse", "mlls", "uniform"])
def test_no_two_parts_of_a_training_draw_the_same_numbers(tiny, settings, monkeypatch, estimator):
    keys, begin = [], Streams.__init__

    def recorded(self, run, *key):
        keys.extend((seed, *key) for seed in run.seeds)
        begin(self, run, *key)

    monkeypatch.setattr(Streams, "__init__", recorded)
    fit(tiny[0], settings({"prior.estimator": estimator}), RUN)
    assert len(keys) > 10
    assert len(set(keys)) == len(keys)


def test_the_last_look_is_at_the_classifier_that_is_kept(tiny, settings):
    trained = go_on(tiny, settings())
    model, v = trained.model, trained.model.scaled(tiny[1])
    kept = method.classifiers.logits(model.frozen, model.zsl, v).argmax(-1)
    assert np.array_equal(trained.history["answers"][-1], model.frozen.unseen[kept].numpy())


def test_without_a_look_the_same_classifier_is_kept(tiny, settings):
    """With a prior that is not refreshed, nothing else needs one."""
    without, *with_it = (
        go_on(tiny, settings({"prior.estimator": "uniform", "monitor": monitor})).model.zsl
        for monitor in (0, 1, 5)
    )
    assert all(torch.equal(without.weight, found.weight) for found in with_it)


def test_a_monitored_epoch_says_how_often_classifier_and_regressor_agree(tiny, settings):
    records = []
    run = Run(seeds=SEEDS, log=records.append)
    cfg = settings({"prior.estimator": "uniform", "epochs.transductive": 1})
    begin = fit_inductive(tiny[0], cfg, run)
    model = fit_transductive(tiny[0], cfg, run, begin, PRIOR).model
    v = model.scaled(tiny[0].x_unlabeled)
    answers = method.classifiers.logits(model.frozen, model.zsl, v).argmax(-1)
    expected = (answers == model.frozen.nearest(v[None])).double().mean(1)
    found = [r["agreement"] for r in records if r["phase"] == "transductive"]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
