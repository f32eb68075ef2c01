"""What PADing owes its callers."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from tests.methods.damaged import with_more, without
from tests.methods.killed import Killed
from tests.methods.nested import leaves
from zslcore.methods.pading.method import fit, load
from zslcore.nn import resume
from zslcore.nn.streams import Diverged
from zslcore.runtime.run import Run

SEEDS = (0, 1)
KINDS = ("none", "projection", "gmmn", "primitives")


def train(tiny, cfg, seeds=SEEDS, segments=None, **how):
    layer = tiny.weight, tiny.bias
    return fit(segments or tiny.segments, *layer, cfg, Run(seeds=seeds, **how))


def saved(model, folder):
    model.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def trained(tiny, settings):
    """Once for the tests below."""
    return train(tiny, settings())


def test_logits_are_those_of_a_class_layer_per_seed(trained, tiny):
    found = trained.logits(tiny.x)
    assert found.shape == (2, 3, 4, 8)
    assert found.dtype == np.float32
    assert trained.classifier.weight.shape == (2, 8, 8)
    for seed in range(2):
        weight, bias = (each[seed].numpy() for each in trained.classifier)
        np.testing.assert_allclose(found[seed], tiny.x @ weight.T + bias, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(trained.logits(tiny.x[1, 2]), found[:, 1, 2], rtol=1e-5, atol=1e-6)


def test_a_projections_logits_are_cosines_over_tau(tiny, settings):
    model = train(tiny, settings({"generator": "projection"}))
    assert model.space.weight.shape == (2, 6, 8)
    found, vectors = model.logits(tiny.x), tiny.segments.class_vectors
    for seed in range(2):
        mapped = tiny.x @ model.space.weight[seed].numpy().T + model.space.bias[seed].numpy()
        length = np.linalg.norm(mapped, axis=-1)[..., None] * np.linalg.norm(vectors, axis=1)
        cosines = mapped @ vectors.T / length
        np.testing.assert_allclose(found[seed, ..., :7], cosines / 0.1, rtol=1e-3, atol=1e-4)
    assert np.abs(found).max() <= 10.001


def test_without_a_generator_it_is_the_segmenters_layer_without_unseen_classes(tiny, settings):
    records = []
    model = train(tiny, settings({"generator": "none"}), log=records.append)
    found, seen = model.logits(tiny.x), np.append(tiny.segments.seen, True)
    expected = tiny.x @ tiny.weight.T + tiny.bias
    for each in found:
        np.testing.assert_allclose(each[..., seen], expected[..., seen], rtol=1e-4, atol=1e-5)
        assert (each[..., ~seen] < -9000).all()
    assert records == []


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_unseen_classes_are_not_looked_at(tiny, settings, kind):
    cfg, weight, bias = settings({"generator": kind}), tiny.weight.copy(), tiny.bias.copy()
    weight[[2, 5]], bias[[2, 5]] = 9, 9
    few = np.append(tiny.segments.seen, True)
    plain = train(tiny, cfg, (0,)).logits(tiny.x)
    for layer in ((weight, bias), (weight[few], bias[few])):
        found = fit(tiny.segments, *layer, cfg, Run()).logits(tiny.x)
        assert np.array_equal(found, plain)


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_logits_alone_or_in_company(tiny, settings, kind):
    cfg = settings({"generator": kind})
    both = train(tiny, cfg).logits(tiny.x)
    for place, seed in enumerate(SEEDS):
        torch.manual_seed(place)  # what was drawn before does not matter
        assert np.array_equal(train(tiny, cfg, (seed,)).logits(tiny.x)[0], both[place])
    assert np.array_equal(both[0], both[1]) == (kind == "none")


@pytest.mark.parametrize("kind", ["gmmn", "primitives"])
def test_seeds_start_from_weights_of_their_own(tiny, settings, kind):
    still = {"generator": kind, "optimizer.lr": 1e-9}
    one, other = (g.parameters() for g in train(tiny, settings(still)).generators)
    matrices = [pair for pair in zip(one, other, strict=True) if pair[0].ndim == 2]
    assert all((a - b).abs().max() > 0.1 for a, b in matrices)


def test_drawing_elsewhere_goes_on_as_if_nothing_had_been_trained(tiny, settings):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(tiny, settings()).synthesised([2], 2, 0)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("combine", ["paper", "code"])
def test_synthesised_embeddings_are_drawn_class_by_class(tiny, settings, combine):
    model = train(tiny, settings({"primitives.combine": combine, "primitives.noise": 0.01}))
    found = model.synthesised([5, 0, 2], 4, 7)
    assert found.shape == (2, 3, 4, 8)
    assert found.dtype == np.float32
    assert np.array_equal(model.synthesised([5, 0, 2], 4, 7), found)
    assert not np.array_equal(model.synthesised([5, 0, 2], 4, 8), found)
    within = found.std(2).mean()
    assert 0 < within < 0.7 * found.mean(2).std(1).mean()
    turned = model.synthesised([2, 0, 5], 4, 7)
    np.testing.assert_allclose(turned[:, ::-1].mean(2), found.mean(2), atol=3 * within)


def test_what_cannot_be_synthesised_is_said(tiny, settings, trained):
    for kind in ("none", "projection"):
        model = train(tiny, settings({"generator": kind}))
        with pytest.raises(ValueError, match=f"generator is {kind}: it generates nothing"):
            model.synthesised([2], 1, 0)
    with pytest.raises(ValueError, match="there is no class 7; allowed: 0 to 6"):
        trained.synthesised([2, 7], 1, 0)


@pytest.mark.parametrize(
    "changes",
    [
        *({"generator": kind} for kind in KINDS),
        {"primitives.combine": "code", "primitives.self_attention": "queries"},
        {"disentangle.relation": "network"},
    ],
)
def test_files_restore_every_bit(tiny, settings, tmp_path, changes):
    model = train(tiny, settings(changes))
    first = saved(model, tmp_path / "a")
    assert set(first) == {"model.json", "model.safetensors"}
    drawn = torch.get_rng_state()
    again = load(tmp_path / "a")
    assert torch.equal(torch.get_rng_state(), drawn)
    assert again.cfg == model.cfg
    assert np.array_equal(again.logits(tiny.x), model.logits(tiny.x))
    if model.generators:
        assert np.array_equal(again.synthesised([2, 5], 3, 1), model.synthesised([2, 5], 3, 1))
    assert saved(again, tmp_path / "b") == first


@pytest.mark.parametrize(
    "gone",
    ["classes.seen", "classifier.bias", "generator.1.project.bias", "generator.0.primitives"],
)
def test_incomplete_files_are_named(trained, tmp_path, gone):
    trained.save(tmp_path)
    without(tmp_path / "model.safetensors", gone)
    with pytest.raises(ValueError, match=r"model.safetensors is not a complete PADing: "):
        load(tmp_path)


def test_files_with_more_than_a_model_are_refused(trained, tmp_path):
    trained.save(tmp_path)
    with_more(tmp_path / "model.safetensors", {"space.bias": torch.ones(2)})
    with pytest.raises(ValueError, match="is no PADing of these settings: it has space"):
        load(tmp_path)


def test_it_leaves_what_it_is_given_untouched(tiny, settings):
    before = copy.deepcopy(tiny)
    train(tiny, settings())
    for name in ("x", "y", "unmatched", "class_vectors", "seen"):
        assert np.array_equal(getattr(tiny.segments, name), getattr(before.segments, name))
    assert np.array_equal(tiny.weight, before.weight)
    assert np.array_equal(tiny.bias, before.bias)


def test_embeddings_in_half_precision_give_nearly_the_same(tiny, settings, trained):
    s = tiny.segments
    halves = replace(s, x=s.x.astype(np.float16), unmatched=s.unmatched.astype(np.float16))
    found = train(tiny, settings(), segments=halves).logits(tiny.x)
    np.testing.assert_allclose(found, trained.logits(tiny.x), atol=0.05)


TERMS = {"mmd", "conditioning", "related", "unrelated", "reconstruction", "alignment"}


def test_every_round_of_steps_and_seed_is_logged(tiny, settings):
    records = []
    train(tiny, settings({"schedule": "sequential"}), log=records.append)
    assert [(r["seed"], r["epoch"]) for r in records] == [
        (s, e) for s in SEEDS for e in range(1, 6)
    ]
    about, kinds = {"seed", "epoch"}, [TERMS, TERMS, *[{"classification"}] * 3]
    assert [record.keys() - about for record in records] == 2 * kinds
    json.dumps(records)


def test_by_turns_both_are_logged(tiny, settings):
    records = []
    train(tiny, settings({"schedule": "alternating"}), (0,), log=records.append)
    assert records[0].keys() == {"seed", "epoch", "classification", *TERMS}


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        *(({}, after) for after in (1, 2, 3, 4, 5, 6, 8)),
        ({"schedule": "alternating"}, 4),
        ({"generator": "projection"}, 2),
        ({"generator": "gmmn"}, 3),
    ],
)
def test_killed_and_run_again_it_ends_with_the_same_bytes(
    tiny, settings, tmp_path, monkeypatch, changes, after
):
    """Killed after so many of the ten log records (six of a projection)."""
    monkeypatch.setattr(resume, "OFTEN", 0.0)
    cfg, whole, again = settings(changes), [], []
    expected = train(tiny, cfg, log=whole.append)

    def log(record):
        again.append(record)
        if len(again) == after:
            raise Killed

    with pytest.raises(Killed):
        train(tiny, cfg, log=log, scratch=tmp_path / "scratch")
    assert (tmp_path / "scratch").exists() or after == 1
    again.clear()
    found = train(tiny, cfg, log=again.append, scratch=tmp_path / "scratch")
    assert again == whole
    assert saved(found, tmp_path / "a") == saved(expected, tmp_path / "b")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer.lr": 1e30}, "(mmd|conditioning) is not finite in epoch 1, iteration 2"),
        ({"classifier.lr": 1e38}, "classification is not finite in epoch 3, iteration 2"),
    ],
)
def test_divergence_is_named_with_term_and_step(tiny, settings, changes, message):
    with pytest.raises(Diverged, match=message):
        train(tiny, settings(changes))


def test_a_class_layer_of_another_segmenter_is_refused(tiny, settings):
    for weight, message in (
        (tiny.weight[:, :5], r"has shape \(8, 5\), embeddings have 8 numbers: both must come"),
        (tiny.weight[:4], "allowed: 8 rows"),
    ):
        with pytest.raises(ValueError, match=message):
            fit(tiny.segments, weight, tiny.bias, settings(), Run())


def test_where_no_class_is_unseen_there_is_nothing_to_generate(tiny, settings):
    every = replace(tiny.segments, seen=np.ones(7, bool))
    with pytest.raises(ValueError, match="generator is primitives, but no class is unseen"):
        train(tiny, settings(), segments=every)
    assert train(tiny, settings({"generator": "none"}), segments=every).logits(tiny.x).any()


def test_labels_of_unseen_classes_never_get_here(tiny):
    y = tiny.segments.y.copy()
    y[3] = 5
    with pytest.raises(ValueError, match=r"unseen classes: c5 \(1\)"):
        replace(tiny.segments, y=y)


@pytest.mark.parametrize(
    "changes", [{"align.target": "projected"}, {"disentangle.relation": "network"}]
)
def test_what_the_baseline_cannot_do_is_refused(settings, changes):
    with pytest.raises(ValidationError, match="generator gmmn projects no class vectors"):
        settings({"generator": "gmmn", **changes})
    assert settings({"generator": "gmmn", "lam": 0.0, **changes}).generator == "gmmn"


CODE = {"primitives.combine": "code"}
MATTERS_WITH = {
    "primitives.feed_forward": CODE,
    "gmmn": {"generator": "gmmn"},
    "projection": {"generator": "projection"},
}
ANOTHER = {
    "generator": "gmmn",
    "normalise": False,
    "primitives.self_attention": "queries",
    "primitives.combine": "code",
    "mmd.mode": "joint",
    "mmd.bandwidths": (2.0, 6.0),
    "mmd.bandwidths_are": "deviations",
    "mmd.root": False,
    "inputs": "fake",
    "disentangle.use": False,
    "disentangle.encoder": "code",
    "disentangle.relation": "network",
    "disentangle.candidates": "group",
    "disentangle.unrelated": "softmax",
    "disentangle.reconstruction": "mean",
    "align.direction": "code",
    "align.target": "projected",
    "batch.classes": 2,
    "optimizer.tenth_at": (0.3,),
    "schedule": "alternating",
    "classifier.momentum": 0.5,
    "log_every": 3,
}


def test_every_hyperparameter_matters(tiny, settings):
    known, unused = {}, []

    def outcome(changes):
        key = repr(sorted(changes.items()))
        if key not in known:
            known[key] = train(tiny, settings(changes), (0,)).logits(tiny.x).tobytes()
        return known[key]

    for key, value in leaves(settings().model_dump()):
        needed = MATTERS_WITH.get(key) or MATTERS_WITH.get(key.split(".")[0], {})
        other = ANOTHER[key] if key in ANOTHER else 2 * value
        if outcome(needed) == outcome({**needed, key: other}):
            unused.append(key)
    assert unused == [], unused
