"""Which classes there are, and what describes them."""

from collections import Counter

import numpy as np
import pytest

from zslcore.data.sources.scenes.classes import (
    ATTRIBUTES,
    CLASSES,
    HUES,
    TONES,
    UNSEEN,
    attributes,
    categories,
    projected,
)


def test_there_are_16_things_and_12_stuff_classes_of_which_4_and_3_are_unseen():
    assert [sum(look.thing for look in CLASSES), len(CLASSES)] == [16, 28]
    unseen = [look for look in CLASSES if not look.seen]
    assert {look.name for look in unseen} == UNSEEN
    assert Counter(look.thing for look in unseen) == {True: 4, False: 3}
    assert [each.id for each in categories()] == list(range(1, 29))
    assert [each.thing for each in categories()] == [True] * 16 + [False] * 12


def test_unseen_are_every_second_hue_with_its_pattern_in_turn():
    unseen = [look.name for look in CLASSES if not look.seen]
    things = [f"{HUES[i]} {pattern}" for i, pattern in ((0, "striped"), (2, "solid"))]
    things += [f"{HUES[i]} {pattern}" for i, pattern in ((4, "striped"), (6, "solid"))]
    stuff = [f"{TONES[i]} {pattern}" for i, pattern in ((1, "waves"), (3, "checks"), (5, "waves"))]
    assert unseen == things + stuff


def test_every_hue_and_every_pattern_of_an_unseen_class_is_seen():
    seen = [look for look in CLASSES if look.seen]
    for look in CLASSES:
        of_group = [each for each in seen if each.thing == look.thing]
        assert look.hue in {each.hue for each in of_group}
        partners = {each.hue for each in of_group if each.pattern == look.pattern}
        assert len(partners) >= 4


@pytest.mark.parametrize(("thing", "n"), [(True, len(HUES)), (False, len(TONES))])
def test_the_neighbours_of_an_unseen_class_on_the_circle_are_seen(thing, n):
    seen = {(round(look.hue * n), look.pattern) for look in CLASSES if look.seen}
    for look in CLASSES:
        if look.thing == thing and not look.seen:
            at = round(look.hue * n)
            assert {((at + step) % n, look.pattern) for step in (-1, 1)} <= seen


def test_attributes_are_hue_pattern_and_kind():
    rows = dict(zip((look.name for look in CLASSES), attributes(), strict=True))
    red = dict(zip(ATTRIBUTES, rows["red striped"] * np.sqrt(3), strict=True))
    expected = {"thing": 1, "thing hue, cosine": 1, "striped": 1}
    for name, value in red.items():
        assert value == pytest.approx(expected.get(name, 0), abs=1e-5)
    teal = dict(zip(ATTRIBUTES, rows["teal checks"] * np.sqrt(2), strict=True))
    expected = {"stuff hue, cosine": -1, "checks": 1}
    for name, value in teal.items():
        assert value == pytest.approx(expected.get(name, 0), abs=1e-5)


def test_near_hues_are_alike():
    rows = dict(zip((look.name for look in CLASSES), attributes(), strict=True))
    red = rows["red solid"]
    likeness = [red @ rows[f"{hue} solid"] for hue in HUES]
    assert np.argsort(likeness)[::-1][0] == 0
    assert likeness[1] == pytest.approx(likeness[-1], abs=1e-5)
    assert likeness[1] > likeness[2] > likeness[3] > likeness[4]


def test_projected_vectors_keep_the_relations_up_to_noise():
    shown = attributes()
    for noise, off in ((0.0, 0.4), (0.1, 0.5)):
        mixed = projected(512, noise, np.random.default_rng(0))
        assert mixed.shape == (28, 512)
        np.testing.assert_allclose(np.linalg.norm(mixed, axis=1), 1, atol=1e-4)
        assert np.abs(mixed @ mixed.T - shown @ shown.T).max() < off
        assert np.corrcoef((mixed @ mixed.T).ravel(), (shown @ shown.T).ravel())[0, 1] > 0.95
    clean, noisy = (projected(512, noise, np.random.default_rng(0)) for noise in (0.0, 0.3))
    assert np.linalg.norm(clean - noisy, axis=1).mean() == pytest.approx(0.29, abs=0.02)


def test_classes_differ_in_their_vectors():
    for vectors in (attributes(), projected(32, 0.1, np.random.default_rng(1))):
        likeness = vectors @ vectors.T - 2 * np.eye(28)
        assert likeness.max() < 0.99
