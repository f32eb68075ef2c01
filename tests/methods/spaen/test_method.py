"""What SP-AEN owes its callers."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import safetensors.torch
import torch

from tests.methods.damaged import with_more, without
from tests.methods.killed import Killed
from tests.methods.nested import leaves
from tests.methods.spaen.values import SETTINGS
from zslcore.data.problem import Rows
from zslcore.methods.spaen import autoencoder
from zslcore.methods.spaen import pretrained as files
from zslcore.methods.spaen.batches import Pictures
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.invert import new_generator
from zslcore.methods.spaen.method import fit, fit_e, fit_f, load, pretrain
from zslcore.methods.spaen.perceptual import Perceptual
from zslcore.methods.spaen.reconstruct import vectors_of
from zslcore.nn import resume
from zslcore.nn.streams import Diverged
from zslcore.runtime.run import Run

SEEDS = (0, 1)
CPU = torch.device("cpu")
SCHEDULES = [
    {},
    {"schedule": "joint"},
    {"objective": "classification"},
    {"crops.train": "random", "generator.freeze": False},
]


def train(problem, cfg, seeds=SEEDS, **how):
    return fit(problem, cfg, Run(seeds=seeds, **how))


@pytest.fixture(scope="module")
def trained(tiny):
    """Once for the tests below."""
    return train(tiny.problem, Config.model_validate(SETTINGS))


@pytest.fixture(scope="module")
def scores(trained, tiny):
    return trained.scores(tiny.x)


@pytest.fixture(scope="module")
def vectors(tiny):
    """For F: made up, as any vectors will do to compare models."""
    return np.random.default_rng(0).random((18, 8), np.float32)


def saved(model, folder):
    model.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("changes", SCHEDULES)
def test_scores_are_products_with_class_vectors_of_unit_length(tiny, settings, changes):
    model = train(tiny.problem, settings(changes))
    found = model.scores(tiny.x)
    assert found.shape == (2, 18, 6)
    assert found.dtype == np.float32
    assert model.kind == "similarity"
    lengths = np.linalg.norm(tiny.problem.class_vectors, axis=1, keepdims=True)
    x = tiny.x / np.linalg.norm(tiny.x, axis=1, keepdims=True)
    e = model.e(torch.from_numpy(x).expand(2, -1, -1)).numpy()
    np.testing.assert_allclose(
        found, e @ (tiny.problem.class_vectors / lengths).T, rtol=1e-4, atol=1e-6
    )
    expected = {"joint": 2, "two_stage": 1}[model.cfg.schedule]
    assert len(model.autoencoders) == (0 if changes.get("objective") else expected)


@pytest.mark.parametrize("changes", SCHEDULES)
def test_same_seed_same_scores(tiny, settings, changes):
    one, again = (train(tiny.problem, settings(changes)).scores(tiny.x) for _ in range(2))
    assert np.array_equal(one, again)
    assert not np.allclose(one[0], one[1])


@pytest.mark.parametrize("changes", SCHEDULES)
def test_a_seed_alone_is_the_seed_in_company(tiny, settings, changes):
    """The first of them: under the two-stage schedule F is of the first seed."""
    cfg = settings(changes)
    both = train(tiny.problem, cfg, (3, 5)).scores(tiny.x)
    alone = train(tiny.problem, cfg, (3,)).scores(tiny.x)
    np.testing.assert_allclose(alone[0], both[0], rtol=1e-4, atol=1e-6)


def test_random_numbers_drawn_elsewhere_change_nothing(tiny, settings, scores):
    torch.manual_seed(99)
    state = torch.get_rng_state()
    assert np.array_equal(train(tiny.problem, settings()).scores(tiny.x), scores)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("changes", SCHEDULES)
def test_unseen_class_vectors_matter_to_scores_alone(tiny, settings, changes):
    cfg, problem = settings(changes), tiny.problem
    other = problem.class_vectors.copy()
    other[~problem.seen] = other[~problem.seen][:, ::-1]
    one, two = (train(p, cfg) for p in (problem, replace(problem, class_vectors=other)))
    for a, b in zip(one.e.parameters(), two.e.parameters(), strict=True):
        assert torch.equal(a, b)
    a, b = one.scores(tiny.x), two.scores(tiny.x)
    assert np.array_equal(a[..., problem.seen], b[..., problem.seen])
    assert not np.allclose(a[..., ~problem.seen], b[..., ~problem.seen])


@pytest.mark.parametrize("changes", SCHEDULES)
def test_only_training_images_are_ever_looked_at(tiny, settings, changes, monkeypatch):
    """Watched where rows are read, and where the network perceives."""
    read, asked, own = Rows.__getitem__, set(), tiny.problem.images
    allowed = {image.tobytes() for image in own[np.arange(len(own))]}

    def watched(self, rows):
        found = read(self, rows)
        if found.ndim == 4 and found.shape[-1] == 3:
            asked.update(image.tobytes() for image in found)
        return found

    sizes, forward = set(), Perceptual.forward
    monkeypatch.setattr(Rows, "__getitem__", watched)
    monkeypatch.setattr(
        Perceptual, "forward", lambda self, x: sizes.add(x.shape[1:]) or forward(self, x)
    )
    train(tiny.problem, settings({"steps.f": 20, **changes}))
    assert asked <= allowed
    classifies = "objective" in changes
    assert len(asked) == (0 if classifies else 20)
    assert sizes == (set() if classifies else {(3, 16, 16)})


def test_leaves_the_problem_untouched(tiny, settings):
    before, images = copy.deepcopy(tiny.problem), tiny.problem.images.array.copy()
    train(tiny.problem, settings())
    for key in ("x", "y", "class_vectors", "seen"):
        assert np.array_equal(getattr(tiny.problem, key), getattr(before, key))
    assert np.array_equal(tiny.problem.images.array, images)


def test_f_hears_nothing_of_e_under_two_stages_and_does_under_joint(tiny, settings, vectors):
    """Nor does E of reconstruction: with D out of the game it is that of classification."""
    for schedule, deaf in (("two_stage", True), ("joint", False)):
        given = {"schedule": schedule, "optimizer.clip": 0.0}
        one, two = (
            train(tiny.problem, settings({**given, "adversarial.weight": w}), (0,))
            for w in (0.0, 50.0)
        )
        a, b = (m.autoencoders[0].embed(vectors) for m in (one, two))
        assert np.array_equal(a, b) == deaf
        assert not np.array_equal(one.scores(tiny.x), two.scores(tiny.x))
    alone = train(tiny.problem, settings({**given, "objective": "classification"}), (0,))
    two = train(tiny.problem, settings({"optimizer.clip": 0.0, "adversarial.weight": 0.0}), (0,))
    assert np.array_equal(alone.scores(tiny.x), two.scores(tiny.x))


def test_the_steps_by_themselves_are_the_whole(tiny, settings, tmp_path, scores, vectors, trained):
    """As stages run them, with files between them."""
    cfg, run = settings(), Run(seeds=SEEDS)
    pretrain(tiny.problem, cfg, run, tmp_path / "caches").save(tmp_path / "pretrained")
    ready = files.load(tmp_path / "pretrained", cfg, CPU)
    fit_f(tiny.problem, ready, cfg, run, tmp_path / "caches").save(tmp_path / "f.safetensors")
    auto = autoencoder.load(tmp_path / "f.safetensors", "spaen", cfg, CPU)
    model = fit_e(tiny.problem, cfg, run, (ready, auto, tmp_path / "caches"))
    assert np.array_equal(model.scores(tiny.x), scores)
    assert np.array_equal(model.reconstruct(vectors), trained.reconstruct(vectors))


def test_e_asks_for_what_it_needs(tiny, settings, tmp_path):
    with pytest.raises(ValueError, match="two_stage needs what pretrain made and F and G of fit_f"):
        fit_e(tiny.problem, settings(), Run())
    ready = pretrain(tiny.problem, settings(), Run(), tmp_path)
    with pytest.raises(ValueError, match="F and G of fit_f"):
        fit_e(tiny.problem, settings(), Run(), (ready, None, tmp_path))
    joint = settings({"schedule": "joint"})
    with pytest.raises(ValueError, match=r"joint needs what pretrain made$"):
        fit_e(tiny.problem, joint, Run())
    assert len(fit_e(tiny.problem, joint, Run(), (ready, None, tmp_path)).autoencoders) == 1


@pytest.mark.parametrize("changes", SCHEDULES)
def test_files_restore_every_bit(tiny, settings, tmp_path, vectors, changes):
    model = train(tiny.problem, settings(changes))
    first = saved(model, tmp_path / "a")
    assert set(first) == {"model.json", "model.safetensors"}
    again = load(tmp_path / "a")
    assert again.cfg == model.cfg
    assert np.array_equal(again.scores(tiny.x), model.scores(tiny.x))
    for seed in range(len(model.autoencoders)):
        made = model.reconstruct(vectors, seed)
        assert made.shape == (18, 16, 16, 3)
        assert np.array_equal(again.reconstruct(vectors, seed), made)
    assert saved(again, tmp_path / "b") == first


def test_without_f_and_g_there_is_nothing_to_reconstruct(tiny, settings, vectors):
    model = train(tiny.problem, settings({"objective": "classification"}))
    with pytest.raises(ValueError, match=r"has no F and G.*train it with objective full"):
        model.reconstruct(vectors)


@pytest.mark.parametrize(
    "gone", ["e.w1", "class_vectors", "0.head.b2", "0.coder.head.w1", "0.generator.out.weight"]
)
def test_incomplete_files_are_named(trained, tmp_path, gone):
    trained.save(tmp_path)
    without(tmp_path / "model.safetensors", gone)
    with pytest.raises(ValueError, match=r"model\.safetensors is not a complete SP-AEN"):
        load(tmp_path)


def test_surplus_values_are_named(trained, tmp_path):
    trained.save(tmp_path)
    with_more(tmp_path / "model.safetensors", {"more": torch.zeros(1)})
    with pytest.raises(ValueError, match="what no SP-AEN of its settings has: more"):
        load(tmp_path)


def test_pretrained_networks_that_do_not_fit_are_named(tiny, settings, tmp_path):
    found = pretrain(tiny.problem, settings(), Run(), tmp_path / "caches")
    found.save(tmp_path)
    path = tmp_path / "pretrained.safetensors"
    tensors = safetensors.torch.load(path.read_bytes())
    del tensors["generator.out.bias"]
    path.write_bytes(safetensors.torch.save(tensors))
    with pytest.raises(ValueError, match="does not hold the networks of the settings"):
        files.load(tmp_path, settings(), CPU)


def test_every_round_of_steps_is_logged(tiny, settings):
    records = []
    train(tiny.problem, settings(), log=records.append)
    found = [(r["phase"], r["epoch"], r["seed"]) for r in records]
    rounds = (("perceptual", 2), ("generator", 2), ("f", 3))
    of_first = [(phase, e, 0) for phase, count in rounds for e in range(1, count + 1)]
    assert found == of_first + [("e", e, s) for e in (1, 2, 3) for s in SEEDS]
    assert records[-1].keys() == {
        "phase", "epoch", "seed", "rank", "adversarial", "estimate", "penalty"
    }  # fmt: skip
    json.dumps(records)


@pytest.mark.parametrize("changes", SCHEDULES)
@pytest.mark.parametrize("share", [0.1, 0.45, 0.8, 1.0])
def test_killed_and_run_again_it_ends_with_the_same_bytes(
    tiny, settings, tmp_path, monkeypatch, changes, share
):
    """Killed after that share of the log records."""
    monkeypatch.setattr(resume, "OFTEN", 0.0)
    cfg, whole, again = settings(changes), [], []
    expected = train(tiny.problem, cfg, log=whole.append)

    def log(record):
        again.append(record)
        if len(again) >= share * len(whole):
            raise Killed

    with pytest.raises(Killed):
        train(tiny.problem, cfg, log=log, scratch=tmp_path / "scratch")
    again.clear()
    found = train(tiny.problem, cfg, log=again.append, scratch=tmp_path / "scratch")
    assert again == whole
    assert saved(found, tmp_path / "a") == saved(expected, tmp_path / "b")


def test_a_second_run_goes_on_from_checkpoints(tiny, settings, tmp_path, monkeypatch):
    """It draws no batch that the first one has already learnt from."""
    monkeypatch.setattr(resume, "OFTEN", 0.0)
    drawn, original = [], Pictures.draw
    monkeypatch.setattr(Pictures, "draw", lambda s, n, rng: drawn.append(1) or original(s, n, rng))
    for expected in (3 + 5, 0):
        drawn.clear()
        train(tiny.problem, settings(), scratch=tmp_path)
        assert len(drawn) == expected


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("changes", SCHEDULES)
def test_divergence_is_named_with_term_and_step(tiny, settings, changes):
    cfg = settings({"optimizer.lr": 1e30, "optimizer.clip": 0.0, **changes})
    with pytest.raises(Diverged, match=r"\w+ is not finite in epoch \d, iteration \d"):
        train(tiny.problem, cfg)


def test_images_are_asked_for(tiny, settings):
    with pytest.raises(ValueError, match="SP-AEN learns from images, and the problem has none"):
        train(replace(tiny.problem, images=None), settings())
    train(replace(tiny.problem, images=None), settings({"objective": "classification"}))


JOINT = {"schedule": "joint"}
LEARNT = {"generator.freeze": False}
MATTERS_WITH = {"adversarial.clip": {"adversarial.control": "clip"}}
ANOTHER = {
    "schedule": "joint",
    "objective": "classification",
    "heads.d": 3,
    "generator.fc": (5,),
    "generator.blocks": ((4, 4),),
    "rank.negative": "mean",
    "adversarial.critic": "linear",
    "adversarial.control": "clip",
    "optimizer.beta1": 0.9,
    "optimizer.beta2": 0.9,
    "optimizer.decay_at": 1.0,
    "crops.resize": None,  # below: other images
    "crops.size": 14,
    "crops.train": "centre",
    "perceptual.kind": None,  # AlexNet needs images of 64 pixels; it has tests of its own
    "perceptual.weights": None,
}


def test_every_hyperparameter_matters(tiny, settings, tmp_path):
    """To what E says of images; those of F and G, too, as E hears of F through D."""
    torch.save(new_generator(8, settings(), 5, CPU).state_dict(), tmp_path / "g.pth")
    known, unused = {}, []

    def outcome(changes):
        key = repr(sorted(changes.items()))
        if key not in known:
            model = train(tiny.problem, settings(changes), (0,))
            known[key] = model.scores(tiny.x).tobytes()
        return known[key]

    for key, value in leaves(settings().model_dump()):
        if key in ANOTHER and ANOTHER[key] is None:
            continue
        needed = MATTERS_WITH.get(key, {})
        other = ANOTHER.get(key, not value if isinstance(value, bool) else 2 * value)
        if key == "generator.weights":
            other = str(tmp_path / "g.pth")
        if key == "log_every":  # rounds have random numbers of their own
            other = 3
        if outcome(needed) == outcome({**needed, key: other}):
            unused.append(key)
    assert unused == [], unused


def test_the_side_of_the_squares_matters(tiny, settings, scores):
    """Of images cut down to it."""
    small = Rows(tiny.problem.images.array[:, :18, :18].copy(), tiny.problem.images.index)
    cfg = settings({"crops.resize": 18})
    found = train(replace(tiny.problem, images=small), cfg).scores(tiny.x)
    assert not np.array_equal(found, scores)
    with pytest.raises(ValueError, match=r"with crops\.resize 18 they must be"):
        train(tiny.problem, cfg)


def test_features_of_evaluation_images_do_not_depend_on_their_company(trained, tiny, scores):
    np.testing.assert_allclose(trained.scores(tiny.x[3:5]), scores[:, 3:5], rtol=1e-4, atol=1e-6)


def test_alexnet_and_the_large_generator_work_together(tiny, settings, tmp_path):
    """At the least size that AlexNet takes, on a few images."""
    images = np.random.default_rng(0).integers(0, 255, (20, 72, 72, 3)).astype(np.uint8)
    problem = replace(tiny.problem, images=Rows(images, np.arange(20)))
    cfg = settings(
        {
            "perceptual.kind": "alexnet",
            "crops.resize": 72,
            "crops.size": 64,
            "crops.train": "centre",
            "generator.blocks": ((2,), (2,), (2,)),
            "generator.steps": 1,
            "steps.f": 1,
            "steps.e": 1,
            "batch": 2,
        }
    )
    ready = pretrain(problem, cfg, Run(), tmp_path)
    auto = fit_f(problem, ready, cfg, Run(), tmp_path)
    assert auto.reconstruct(vectors_of(ready.perceptual, images[:2], 64), 64).shape == (
        2,
        64,
        64,
        3,
    )
