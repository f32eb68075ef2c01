"""Class vectors made of sentences, against the tf-idf formula written out."""

import math
from collections import Counter

import numpy as np
import pytest

from zslcore.data.protocol import phases
from zslcore.data.sources.shapes import sentences
from zslcore.data.sources.shapes.classes import draw_classes
from zslcore.data.sources.shapes.describe import by_factors, by_sentences
from zslcore.data.sources.shapes.generate import _describe, load

TEXTS = (
    ("a red disk", "the disk with an x"),
    ("a sky-coloured ring, striped", "a ring", "a ring of a red hue"),
    ("a red red x, and an unheard word",),
)


def tf_idf(texts, known):
    """idf = log((1 + n) / (1 + df)) + 1; sentences and their mean are brought to unit length."""
    bags = [[Counter(s.replace(",", "").split()) for s in sentences] for sentences in texts]
    heard = [bag for bags_of_class in bags[:known] for bag in bags_of_class]
    words = sorted(set().union(*heard))
    df = [sum(word in bag for bag in heard) for word in words]
    idf = np.array([math.log((1 + len(heard)) / (1 + n)) + 1 for n in df])
    rows = []
    for bags_of_class in bags:
        own = np.array([[bag[word] for word in words] for bag in bags_of_class]) * idf
        mean = (own / np.linalg.norm(own, axis=1, keepdims=True)).mean(axis=0)
        rows.append(mean / np.linalg.norm(mean))
    return np.array(rows), tuple(words)


def described(specs, cfg, seed=0):
    streams = [np.random.default_rng([seed, c]) for c in range(len(specs))]
    return by_sentences(specs, cfg, streams)


@pytest.fixture(scope="module")
def data(tiny):
    return load(tiny(class_vectors="sentences"), "shapes", seed=0)


@pytest.mark.parametrize("known", [1, 2, 3])
def test_vectors_are_those_of_the_formula(known):
    found, words = sentences.vectors(TEXTS, known)
    expected, known_words = tf_idf(TEXTS, known)
    assert words == known_words
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_vocabulary_and_idf_are_those_of_the_known_classes():
    _, words = sentences.vectors(TEXTS, 2)
    assert {"x", "sky-coloured"} < set(words)
    assert not {"unheard", "word"} & set(words)
    other = (*TEXTS[:2], ("a disk", "x x x"))
    for c in range(2):
        np.testing.assert_array_equal(
            sentences.vectors(other, 2)[0][c], sentences.vectors(TEXTS, 2)[0][c]
        )


def test_a_class_of_which_no_word_is_known_is_refused():
    with pytest.raises(ValueError, match=r"class 1 \(from 0\).*raise sentences_per_class"):
        sentences.vectors((("a disk",), ("one ring",)), 1)


def test_the_val_phase_counts_no_word_of_its_unseen_classes(tiny):
    """They are the last 8 of the 40 seen classes; the vocabulary is that of the others."""
    cfg = tiny()
    specs = draw_classes(cfg, np.random.default_rng(0))

    def changed_by_another(c):
        """The classes whose vectors change when class c is another one."""
        other = (*specs[:c], specs[0], *specs[c + 1 :])
        before, after = (described(s, cfg).class_vectors for s in (specs, other))
        return (
            set(range(52))
            if before.shape != after.shape
            else set(np.flatnonzero((before != after).any(axis=1)).tolist())
        )

    assert changed_by_another(32) == {32}
    assert len(changed_by_another(31)) > 40


def test_sentences_tell_of_their_class(tiny):
    """Classes that share values get sentences that share words."""
    cfg = tiny(sentences_per_class=60)
    specs = draw_classes(cfg, np.random.default_rng(0))
    factors, words = by_factors(specs).class_vectors, described(specs, cfg).class_vectors
    pairs = np.triu_indices(len(specs), 1)
    likeness = [(vectors @ vectors.T)[pairs] for vectors in (factors, words)]
    assert np.corrcoef(likeness)[0, 1] > 0.75  # seeds 0 to 5: 0.84 to 0.88


def test_more_sentences_leave_the_others_as_they_were(tiny):
    spec = draw_classes(tiny(), np.random.default_rng(0))[0]
    few, many = (
        sentences.write(spec, tiny(sentences_per_class=n), np.random.default_rng(1)) for n in (3, 8)
    )
    assert many[:3] == few
    assert len(set(many)) == 8


def test_every_sentence_is_about_a_scene_of_its_own(tiny):
    """What they say beyond the class differs."""
    cfg = tiny(sentences_per_class=40, mention_rate=1.0, caption_noise=0.0)
    spec = draw_classes(cfg, np.random.default_rng(0))[0]
    told = sentences.write(spec, cfg, np.random.default_rng(0))
    for word in ("hidden", "visible", "left", "right", "bright"):
        assert 0 < sum(word in sentence for sentence in told) < 40


def test_all_but_the_class_vectors_is_as_before(tiny, data):
    usual = load(tiny(), "shapes", seed=0)
    assert data.images.tobytes() == usual.images.tobytes()
    assert data.captions == usual.captions
    assert data.class_names == usual.class_names
    for name in ("y", "trainval", "test_seen", "test_unseen", "val_classes"):
        np.testing.assert_array_equal(getattr(data, name), getattr(usual, name))


def test_the_dataset_says_what_its_class_vectors_are(data, tiny):
    origin = data.provenance["class_vectors"]
    assert origin["name"] == "sentences"
    assert origin["sentences_per_class"] == 20
    assert "captions written about the classes" in data.notes[0]
    assert not any("attribute vectors" in note for note in data.notes)
    assert load(tiny(), "shapes", seed=0).provenance["class_vectors"] == {"name": "factors"}


def test_the_dataset_passes_the_checks_of_a_protocol(data):
    assert data.attribute_vectors is None
    assert data.class_vectors.shape == (52, len(data.attribute_names))
    assert {"red", "x", "checkered"} < set(data.attribute_names)
    np.testing.assert_allclose(np.linalg.norm(data.class_vectors, axis=1), 1, atol=1e-5)
    assert set(phases(data, seed=0)) == {"val", "test"}


def test_their_number_matters_to_sentences_only(tiny, data):
    def vectors(**changes):
        return load(tiny(images_per_seen_class=3, **changes), "shapes", seed=0).class_vectors

    more = vectors(class_vectors="sentences", sentences_per_class=21)
    assert more.tobytes() != data.class_vectors.tobytes()
    assert vectors(sentences_per_class=21).tobytes() == vectors().tobytes()


def test_another_seed_gives_other_sentences_about_the_same_classes(tiny):
    cfg = tiny(class_vectors="sentences")
    specs = draw_classes(cfg, np.random.default_rng(0))
    one, other = (_describe(specs, cfg, seed) for seed in (0, 1))
    assert one.class_vectors.tobytes() == _describe(specs, cfg, 0).class_vectors.tobytes()
    assert one.class_vectors.tobytes() != other.class_vectors.tobytes()


def test_classes_have_sentences_of_their_own(tiny):
    """Even where one class is listed twice."""
    cfg = tiny(class_vectors="sentences")
    specs = draw_classes(cfg, np.random.default_rng(0))
    vectors = _describe((*specs, specs[0]), cfg, 0).class_vectors
    assert not np.array_equal(vectors[0], vectors[-1])
