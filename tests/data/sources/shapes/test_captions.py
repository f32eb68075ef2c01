"""Captions are read back with the vocabulary, phrase by phrase."""

import re
from dataclasses import asdict
from itertools import combinations

import numpy as np
import pytest

from zslcore.data.sources.shapes.captions import caption, facts
from zslcore.data.sources.shapes.classes import draw_classes
from zslcore.data.sources.shapes.factors import VALUES
from zslcore.data.sources.shapes.scene import draw_scene
from zslcore.data.sources.shapes.words import WORDS

PHRASES = {
    phrase: (group, value)
    for group, values in WORDS.items()
    for value, phrases in values.items()
    for phrase in phrases
}
FACTS = set(WORDS) - set(VALUES)


def contains(text, phrase):
    return re.search(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", text) is not None


def read(text):
    """Group -> value, of everything that a text tells."""
    return dict(told for phrase, told in PHRASES.items() if contains(text, phrase))


def examples(cfg, n=300):
    """(truth, caption) of n images of random classes."""
    rng = np.random.default_rng(0)
    specs = draw_classes(cfg, rng)
    for i in range(n):
        spec, scene = specs[i % len(specs)], draw_scene(cfg, rng)
        yield {**asdict(spec), **facts(spec, scene)}, caption(spec, scene, cfg, rng)


def test_vocabulary_has_words_for_every_value():
    for group, values in VALUES.items():
        assert tuple(WORDS[group]) == values


def test_no_phrase_stands_for_two_things():
    n_phrases = sum(len(phrases) for values in WORDS.values() for phrases in values.values())
    assert len(PHRASES) == n_phrases
    for a, b in combinations(PHRASES, 2):
        assert not contains(a, b)
        assert not contains(b, a)


def test_captions_tell_nothing_wrong(tiny):
    told = set()
    for truth, text in examples(tiny(caption_noise=0.0)):
        found = read(text)
        assert found.items() <= truth.items(), text
        told |= set(found)
    assert told == set(WORDS)


def test_captions_can_tell_everything(tiny):
    for truth, text in examples(tiny(caption_noise=0.0, mention_rate=1.0), 100):
        assert read(text) == truth, text


def test_captions_that_tell_nothing_are_not_empty(tiny):
    for _, text in examples(tiny(mention_rate=0.0), 100):
        assert read(text) == {}
        assert any(noun in text for noun in ("figure", "thing", "object"))


def test_captions_are_wrong_as_often_as_asked_for(tiny):
    wrong = [
        truth.get(group) != value
        for truth, text in examples(tiny(caption_noise=0.1), 1000)
        for group, value in read(text).items()
    ]
    assert np.mean(wrong) == pytest.approx(0.1, abs=0.015)


def test_mention_rate_is_met(tiny):
    cfg = tiny(caption_noise=0.0, mention_rate=0.3)
    shares = [len(read(text)) / len(truth) for truth, text in examples(cfg, 1000)]
    assert np.mean(shares) == pytest.approx(0.3, abs=0.02)


def test_captions_vary(tiny):
    texts = [text for _, text in examples(tiny())]
    lengths = [len(text.split()) for text in texts]
    assert min(lengths) < 12
    assert max(lengths) > 35
    assert len({text.split()[0] for text in texts}) > 8
    phrases = {phrase for phrase in PHRASES for text in texts if contains(text, phrase)}
    assert phrases == set(PHRASES)


def test_captions_of_a_class_tell_its_images_apart(tiny):
    """What they say of place, size, tilt, ground and cover differs within a class."""
    cfg = tiny(caption_noise=0.0, mention_rate=1.0)
    rng = np.random.default_rng(0)
    spec = draw_classes(cfg, rng)[0]
    told = [read(caption(spec, draw_scene(cfg, rng), cfg, rng)) for _ in range(60)]
    for group in VALUES:
        assert len({found[group] for found in told}) == 1
    for group in FACTS - {"tilt"}:
        assert len({found[group] for found in told}) == len(WORDS[group])


def test_captions_are_plain_words(tiny):
    for _, text in examples(tiny()):
        assert re.fullmatch(r"[A-Za-z-]+,?( [A-Za-z-]+,?)*", text), text
        assert not re.search(r"\ba [aeio]|\ban [^aeiox]", text), text
