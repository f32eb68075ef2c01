"""What CLAREL owes its callers."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import safetensors.torch
import torch
from scipy.spatial.distance import cdist

from tests.methods.clarel.values import SETTINGS
from tests.methods.damaged import without
from tests.methods.killed import Killed
from tests.methods.nested import leaves
from zslcore.data.problem import Rows
from zslcore.methods.clarel.batches import Batches
from zslcore.methods.clarel.encoders import Networks
from zslcore.methods.clarel.method import fit, load
from zslcore.methods.clarel.prototypes import class_captions
from zslcore.nn import resume
from zslcore.nn.streams import Diverged
from zslcore.runtime.run import Run
from zslcore.text.tokens import FIRST

SEEDS = (0, 1)


def train(problem, cfg, seeds=SEEDS, **how):
    return fit(problem, cfg, Run(seeds=seeds, **how))


@pytest.fixture(scope="module")
def trained(tiny):
    """Once for the tests below."""
    from zslcore.methods.clarel.config import Config

    return train(tiny.problem, Config.model_validate(SETTINGS))


@pytest.fixture(scope="module")
def scores(trained, tiny):
    return trained.scores(tiny.x)


def weights(networks):
    return {name: value.numpy().tobytes() for name, value in networks.state_dict().items()}


def saved(model, folder):
    model.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("metric", ["euclidean", "squared", "cosine"])
def test_scores_are_negated_distances_to_prototypes_or_cosines(tiny, settings, metric):
    model = train(tiny.problem, settings({"loss.metric": metric}))
    found = model.scores(tiny.x)
    assert found.shape == (2, 27, 9)
    assert found.dtype == np.float32
    assert model.kind == ("similarity" if metric == "cosine" else "distance")
    for place in range(2):
        images = model.networks[place].of_image(torch.from_numpy(tiny.x)).detach().numpy()
        named = metric if metric == "cosine" else {"squared": "sqeuclidean"}.get(metric, metric)
        d = cdist(images.astype(float), model.prototypes[place].astype(float), named)
        expected = 1 - d if metric == "cosine" else -d
        np.testing.assert_allclose(found[place], expected, rtol=1e-4, atol=1e-5)
    assert metric == "cosine" or (found <= 0).all()


def test_region_maps_side_by_side_are_features(tiny, settings):
    rng = np.random.default_rng(3)
    maps = rng.normal(size=(24, 2, 4)).astype(np.float16)
    order = rng.permutation(24)
    with_maps = replace(tiny.problem, regions=Rows(maps, order))
    found = train(with_maps, settings({"features": "regions"}))
    side_by_side = maps[order].astype(np.float32).reshape(24, 8)
    expected = train(replace(tiny.problem, x=side_by_side), settings())
    np.testing.assert_array_equal(found.scores(tiny.x), expected.scores(tiny.x))
    with pytest.raises(ValueError, match="there are no region maps"):
        train(tiny.problem, settings({"features": "regions"}))


def test_prototypes_are_means_over_images_of_means_over_captions(tiny, trained):
    told = class_captions(tiny.problem, trained.cfg.prototypes, 0)
    for c, images in enumerate(told):
        each = np.stack([trained.texts([captions])[:, 0] for captions in images])
        np.testing.assert_allclose(trained.prototypes[:, c], each.mean(0), rtol=1e-4, atol=1e-6)


def test_same_seed_same_scores(tiny, settings, scores):
    assert np.array_equal(train(tiny.problem, settings()).scores(tiny.x), scores)
    assert not np.allclose(scores[0], scores[1])


@pytest.mark.parametrize(
    "changes",
    [{}, {"prototypes.images": 2}, {"text.vectors.by": "learned", "optimizer.kind": "adamw"}],
)
def test_a_seed_alone_is_the_seed_in_company(tiny, settings, changes):
    cfg = settings(changes)
    both = train(tiny.problem, cfg).scores(tiny.x)
    for place, seed in enumerate(SEEDS):
        alone = train(tiny.problem, cfg, seeds=(seed,)).scores(tiny.x)
        assert np.array_equal(alone[0], both[place])


def test_random_numbers_drawn_elsewhere_change_nothing(tiny, settings, scores):
    torch.manual_seed(99)
    state = torch.get_rng_state()
    assert np.array_equal(train(tiny.problem, settings()).scores(tiny.x), scores)
    assert torch.equal(torch.get_rng_state(), state)


def relabelled(problem, onto):
    """Class c is called onto[c], and all that is known of it goes with it."""
    back = np.argsort(onto)
    return replace(
        problem,
        y=onto[problem.y],
        class_vectors=problem.class_vectors[back],
        seen=problem.seen[back],
        class_names=[problem.class_names[c] for c in back],
        class_captions=[problem.class_captions[c] for c in back],
    )


@pytest.mark.parametrize("changes", [{}, {"batch.sample": "all"}, {"text.vectors.by": "learned"}])
def test_without_classification_names_of_classes_change_no_bit_of_training(tiny, settings, changes):
    cfg = settings({"loss.kappa": 0.0, **changes})
    one = train(tiny.problem, cfg)
    onto = np.random.default_rng(0).permutation(9)
    other = train(relabelled(tiny.problem, onto), cfg)
    for a, b in zip(one.networks, other.networks, strict=True):
        assert weights(a) == weights(b)
    np.testing.assert_allclose(other.prototypes[:, onto], one.prototypes, rtol=1e-4, atol=1e-6)


def test_without_classification_labels_are_not_looked_at(tiny, settings):
    """Labels handed out at random; with classification they matter."""
    y = np.random.default_rng(0).permutation(tiny.problem.y)
    for kappa in (0.0, 0.5):
        cfg = settings({"loss.kappa": kappa})
        one, other = (train(p, cfg, (0,)) for p in (tiny.problem, replace(tiny.problem, y=y)))
        assert (weights(one.networks[0]) == weights(other.networks[0])) == (kappa == 0)


def test_captions_of_classes_do_not_reach_training(tiny, trained, settings):
    """Others in their place change prototypes, and no weight and no word."""
    told = [[("something else",)] for _ in range(9)]
    other = train(replace(tiny.problem, class_captions=told), settings())
    for a, b in zip(trained.networks, other.networks, strict=True):
        assert weights(a) == weights(b)
    assert trained.vocabulary == other.vocabulary
    assert not np.allclose(trained.prototypes, other.prototypes)


@pytest.mark.parametrize("pairing", ["instance", "class_shuffled", "class_mean"])
def test_only_training_images_and_captions_reach_a_batch(tiny, settings, monkeypatch, pairing):
    """Watched where they are drawn, and where they are encoded."""
    problem, batches, said, shown = tiny.problem, [], set(), set()
    draw, captions, images = Batches.draw, Networks.captions, Networks.images

    def watched_draw(self, rng):
        batches.append((self.tokens, draw(self, rng)))
        return batches[-1][1]

    def watched_captions(self, ids, lengths, times):
        if self.training:
            said.update(tuple(i for i in row if i) for row in ids.tolist())
        return captions(self, ids, lengths, times)

    def watched_images(self, x):
        if self.training:
            shown.update(row.tobytes() for row in x.numpy())
        return images(self, x)

    monkeypatch.setattr(Batches, "draw", watched_draw)
    monkeypatch.setattr(Networks, "captions", watched_captions)
    monkeypatch.setattr(Networks, "images", watched_images)
    cfg = settings({"batch.pairing": pairing, "steps": 20})
    model = train(problem, cfg, (0,))
    model.scores(tiny.x)
    assert len({batch.images.tobytes() for _, batch in batches}) == len(batches) == 20
    assert shown <= {row.tobytes() for row in problem.x}
    assert len(shown) > 20  # of 24
    own = model.vocabulary.encode(problem.captions, 7, "first")
    assert said <= {tuple(i for i in row if i) for row in own.ids.tolist()}
    assert len(said) > 20
    assert not any("novel" in word for word in model.vocabulary.words)
    assert len(model.networks[0].words.weight) == FIRST + len(model.vocabulary.words)
    for tokens, batch in batches:
        assert len(tokens.start) == len(problem.y)
        assert batch.rows.max() < len(own.ids)
        assert problem.seen[problem.y[batch.images]].all()


def test_evaluation_leaves_the_model_as_it_was(tiny, trained, scores):
    before = [weights(each) for each in trained.networks]
    assert np.array_equal(trained.scores(tiny.x), scores)
    assert [weights(each) for each in trained.networks] == before
    np.testing.assert_allclose(trained.scores(tiny.x[3:5]), scores[:, 3:5], rtol=1e-4, atol=1e-6)


def test_leaves_the_problem_untouched(tiny, settings):
    before = copy.deepcopy(tiny.problem)
    train(tiny.problem, settings())
    for key in ("x", "y", "class_vectors", "seen"):
        assert np.array_equal(getattr(tiny.problem, key), getattr(before, key))
    assert tiny.problem.captions == before.captions
    assert tiny.problem.class_captions == before.class_captions


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"text.vectors.by": "learned"},
        {"encoder.kind": "bag_of_words"},
        {"loss.metric": "cosine"},
    ],
)
def test_files_restore_every_bit(tiny, settings, tmp_path, changes):
    model = train(tiny.problem, settings(changes))
    first = saved(model, tmp_path / "a")
    assert set(first) == {"model.json", "model.safetensors", "vocabulary.json"}
    again = load(tmp_path / "a")
    assert again.cfg == model.cfg
    assert np.array_equal(again.scores(tiny.x), model.scores(tiny.x))
    told = [("red round", "novel1"), ("",)]
    assert np.array_equal(again.texts(told), model.texts(told))
    assert saved(again, tmp_path / "b") == first


def test_learned_word_vectors_begin_about_as_long_as_1_and_differ_between_seeds(tiny, settings):
    changes = {"text.vectors.by": "learned", "text.vectors.dimension": 200, "optimizer.lr": 1e-9}
    one, other = (each.words.weight for each in train(tiny.problem, settings(changes)).networks)
    assert one.norm(dim=1).tolist() == pytest.approx([1.0] * len(one), abs=0.3)
    assert not torch.allclose(one, other, atol=0.01)


def test_word_vectors_are_written_once_unless_each_seed_learned_its_own(tiny, settings, tmp_path):
    for by, expected in (
        ("captions", ["words.weight"]),
        ("learned", ["0.words.weight", "1.words.weight"]),
    ):
        train(tiny.problem, settings({"text.vectors.by": by})).save(tmp_path / by)
        tensors = safetensors.torch.load_file(tmp_path / by / "model.safetensors")
        assert sorted(name for name in tensors if "words" in name) == expected


@pytest.mark.parametrize(
    "gone", ["prototypes", "words.weight", "1.of_text.bias", "0.of_image.weight"]
)
def test_incomplete_files_are_named(trained, tmp_path, gone):
    trained.save(tmp_path)
    without(tmp_path / "model.safetensors", gone)
    with pytest.raises(ValueError, match=r"model.safetensors is not a complete CLAREL: "):
        load(tmp_path)


def test_every_round_of_steps_and_seed_is_logged(tiny, settings):
    records = []
    train(tiny.problem, settings(), log=records.append)
    assert [(r["seed"], r["epoch"]) for r in records] == [(s, e) for s in SEEDS for e in (1, 2, 3)]
    terms = {"text_retrieval", "image_retrieval", "classification"}
    assert all(record.keys() == {"seed", "epoch", *terms} for record in records)
    json.dumps(records)


def test_training_lowers_every_term(tiny, settings):
    """Of batches with all images, so that rounds compare."""
    records = []
    faster = {"optimizer.kind": "adamw", "optimizer.lr": 0.02, "optimizer.clip": 0.0}
    changes = {**faster, "steps": 24, "log_every": 4, "batch.images": 24, "dropout": 0.0}
    train(tiny.problem, settings(changes), (0,), log=records.append)
    for term in ("text_retrieval", "image_retrieval", "classification"):
        assert records[-1][term] < 0.7 * records[0][term]


@pytest.mark.parametrize(
    ("kind", "after"), [("sgd", 1), ("sgd", 2), ("sgd", 3), ("sgd", 5), ("adamw", 2), ("adamw", 6)]
)
def test_killed_and_run_again_it_ends_with_the_same_bytes(
    tiny, settings, tmp_path, monkeypatch, kind, after
):
    """Killed after so many of the six log records."""
    monkeypatch.setattr(resume, "OFTEN", 0.0)
    cfg, whole, again = settings({"optimizer.kind": kind}), [], []
    expected = train(tiny.problem, cfg, log=whole.append)

    def log(record):
        again.append(record)
        if len(again) == after:
            raise Killed

    with pytest.raises(Killed):
        train(tiny.problem, cfg, log=log, scratch=tmp_path / "scratch")
    assert (tmp_path / "scratch").exists() or after == 1
    again.clear()
    found = train(tiny.problem, cfg, log=again.append, scratch=tmp_path / "scratch")
    assert again == whole
    assert saved(found, tmp_path / "a") == saved(expected, tmp_path / "b")


@pytest.mark.filterwarnings("ignore")
def test_divergence_is_named_with_term_and_step(tiny, settings):
    cfg = settings({"optimizer.lr": 1e30, "optimizer.clip": 0.0})
    with pytest.raises(Diverged, match=r"\w+ is not finite in epoch 1, iteration 2"):
        train(tiny.problem, cfg)


MATTERS_WITH = {"text.vectors.path": {"text.vectors.by": "file"}}
ANOTHER = {
    "features": "regions",
    "text.vocabulary": 5,
    "text.length": 3,
    "text.keep": "last",
    "text.vectors.by": "learned",
    "text.vectors.ppmi.window": 1,
    "text.vectors.ppmi.smoothing": 0.5,
    "encoder.kind": "bag_of_words",
    "encoder.widths": (6, 4),
    "encoder.kernel": 1,
    "batch.sample": "distinct",
    "batch.pairing": "class_shuffled",
    "loss.classifiers": "image",
    "loss.metric": "squared",
    "optimizer.kind": "adamw",
    "optimizer.momentum": 0.5,
    "optimizer.clip": 0.0,
    "prototypes.source": "strict",
    "prototypes.images": 1,
}


def test_every_hyperparameter_matters(tiny, settings, tmp_path):
    words, rng = ("red", "blue", "grey", "round", "long", "flat", "sits"), np.random.default_rng(0)
    files = [str(tmp_path / name) for name in ("one.txt", "other.txt")]
    for name in files:
        with open(name, "w", encoding="utf-8") as file:
            for word in words:
                file.write(" ".join([word, *map(str, rng.normal(size=6).round(3))]) + "\n")
    known, unused = {}, []
    problem = replace(tiny.problem, regions=Rows(rng.normal(size=(24, 2, 4)), np.arange(24)))

    def outcome(changes):
        key = repr(sorted(changes.items()))
        if key not in known:
            path = {"text.vectors.path": files[0]} if "text.vectors.by" in changes else {}
            cfg = settings({**path, **changes})
            known[key] = train(problem, cfg, (0,)).scores(tiny.x).tobytes()
        return known[key]

    for key, value in leaves(settings().model_dump()):
        needed = MATTERS_WITH.get(key, {})
        other = files[1] if key == "text.vectors.path" else ANOTHER.get(key, value and 2 * value)
        if outcome(needed) == outcome({**needed, key: other}):
            unused.append(key)
    assert unused == [], unused
