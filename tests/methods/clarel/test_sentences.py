"""Captions with vectors of their own in the place of a text encoder."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from zslcore.methods.clarel import train as training
from zslcore.methods.clarel.method import fit, load
from zslcore.runtime.run import Run

SEEDS = (0, 1)


@pytest.fixture
def vectors(tiny):
    """A vector of five numbers for each caption of the tiny problem, and for another one."""
    told = chain(tiny.problem.captions, *tiny.problem.class_captions)
    rng = np.random.default_rng(0)
    return {c: rng.normal(size=5) for c in [*dict.fromkeys(chain.from_iterable(told)), "another"]}


@pytest.fixture
def cfg(vectors, tmp_path, settings):
    """`cfg({...}, without=..)`: settings with these vectors, in files."""

    def made(changes=None, without=None):
        told = [caption for caption in vectors if caption not in ("", without)]
        np.save(tmp_path / "told.npy", np.stack([vectors[caption] for caption in told]))
        (tmp_path / "told.txt").write_text("\n".join(told), encoding="utf-8")
        of_file = {"text.vectors.by": "file", "text.vectors.path": str(tmp_path / "told.npy")}
        return settings({"encoder.kind": "sentences", **of_file, **(changes or {})})

    return made


def train(problem, cfg, seeds=SEEDS):
    return fit(problem, cfg, Run(seeds=seeds))


def test_a_text_is_the_projected_mean_of_its_captions_vectors(tiny, cfg, vectors):
    model = train(tiny.problem, cfg())
    told = [tiny.problem.captions[0], *chain.from_iterable(tiny.problem.class_captions)]
    assert "" in told[0]
    zero = np.zeros(5)
    means = np.stack([np.mean([vectors[c] if c else zero for c in each], 0) for each in told])
    for found, networks in zip(model.texts(told), model.networks, strict=True):
        weight, bias = (each.detach().numpy() for each in networks.of_text.parameters())
        np.testing.assert_allclose(found, means @ weight.T + bias, rtol=1e-4, atol=1e-5)


def test_vectors_stay_as_they_are_and_the_projection_learns(tiny, cfg, vectors):
    few, more = (train(tiny.problem, cfg({"steps": steps})) for steps in (1, 5))
    (table,) = {each.words.weight.numpy().tobytes() for each in (*few.networks, *more.networks)}
    expected = [vectors[caption] for caption in more.vocabulary.captions]
    own = np.frombuffer(table, np.float32).reshape(-1, 5)[2:]
    assert np.array_equal(own, np.array(expected, np.float32))
    for one, other in zip(few.networks, more.networks, strict=True):
        assert not np.allclose(one.of_text.weight.detach(), other.of_text.weight.detach())


def test_files_restore_every_bit_without_the_vectors(tiny, cfg, tmp_path):
    model = train(tiny.problem, cfg())
    model.save(tmp_path / "a")
    (tmp_path / "told.npy").unlink()
    again = load(tmp_path / "a")
    told = [("red", ""), *tiny.problem.captions]
    assert np.array_equal(again.scores(tiny.x), model.scores(tiny.x))
    assert np.array_equal(again.texts(told), model.texts(told))
    again.save(tmp_path / "b")
    for name in ("model.json", "model.safetensors", "vocabulary.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_captions_of_classes_do_not_reach_training(tiny, cfg):
    """Others in their place change prototypes, and no weight of the projections."""
    one = train(tiny.problem, cfg())
    told = [[("another", "red")] for _ in range(9)]
    other = train(replace(tiny.problem, class_captions=told), cfg())
    for a, b in zip(one.networks, other.networks, strict=True):
        for name in ("of_text.weight", "of_image.weight", "text_classes.bias"):
            assert np.array_equal(a.state_dict()[name], b.state_dict()[name])
    assert not np.allclose(one.prototypes, other.prototypes)


def test_a_caption_without_a_vector_stops_everything_before_training(tiny, cfg, monkeypatch):
    """Also one that is needed only when training is over."""
    monkeypatch.setattr(training, "step", lambda *_: pytest.fail("it trains"))
    for missing in ("red", tiny.problem.class_captions[1][0][0]):
        with pytest.raises(ValueError, match=rf"1 of \d+ captions are not in .*is '{missing}'"):
            train(tiny.problem, cfg(without=missing))


def test_a_caption_that_the_model_does_not_know_is_named(tiny, cfg):
    model = train(tiny.problem, cfg(), (0,))
    with pytest.raises(ValueError, match="the first is 'another'"):
        model.texts([("another",)])


@pytest.mark.parametrize(
    "changes",
    [
        {"text.vectors.by": "captions"},
        {"text.vectors.path": "vectors.bin"},
        {"text.vectors.by": "learned", "text.vectors.path": None},
    ],
)
def test_sentences_need_a_file(cfg, changes):
    with pytest.raises(
        ValueError, match=r"needs text\.vectors\.by file and in text\.vectors\.path"
    ):
        cfg(changes)
