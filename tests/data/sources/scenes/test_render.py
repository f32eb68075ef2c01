"""What a scene shows is what it says; the rest is nuisance."""

import colorsys

import numpy as np
import pytest

from zslcore.data.sources.scenes.classes import CLASSES
from zslcore.data.sources.scenes.render import render
from zslcore.data.sources.scenes.scene import Border, Scene, Thing, draw_scene

SIZE = 96
RNGS = [np.random.default_rng(n) for n in range(60)]
NAMES = [look.name for look in CLASSES]


@pytest.fixture(scope="module")
def scenes():
    return [draw_scene(4, True, rng) for rng in RNGS]


def scene_of(*things, stuff=("brick waves", "moss checks")):
    border = Border(angle=0.0, offset=0.0, height=0.0, waves=1.0, phase=0.0)
    return Scene(tuple(NAMES.index(each) for each in stuff), (0.0, 0.0), border, things)


def thing(name, shape="disk", angle=0.0):
    return Thing(NAMES.index(name), shape, 0.5, 0.5, 0.15, angle, 1.0)


def test_a_scene_has_two_stuff_classes_and_some_things(scenes):
    counts = {len(scene.things) for scene in scenes}
    assert counts == {1, 2, 3, 4}
    for scene in scenes:
        assert scene.stuff[0] != scene.stuff[1]
        assert not any(CLASSES[k].thing for k in scene.stuff)
        assert all(CLASSES[each.label].thing for each in scene.things)


def test_seen_scenes_show_no_unseen_class_and_the_others_do(scenes):
    def unseen(scene):
        labels = (*scene.stuff, *(each.label for each in scene.things))
        return any(not CLASSES[k].seen for k in labels)

    assert not any(unseen(draw_scene(4, False, np.random.default_rng(n))) for n in range(60))
    assert sum(map(unseen, scenes)) > 30


def test_every_class_and_shape_is_drawn(scenes):
    more = [*scenes, *(draw_scene(4, True, np.random.default_rng(n)) for n in range(60, 200))]
    labels = {k for scene in more for k in (*scene.stuff, *(t.label for t in scene.things))}
    assert labels == set(range(28))
    assert {t.shape for scene in more for t in scene.things} == {"disk", "square", "triangle"}


def test_things_do_not_overlap_and_are_inside(scenes):
    for scene in scenes:
        for i, a in enumerate(scene.things):
            assert a.radius <= min(a.x, a.y, 1 - a.x, 1 - a.y)
            for b in scene.things[:i]:
                assert np.hypot(a.x - b.x, a.y - b.y) > a.radius + b.radius


def test_every_pixel_is_of_a_segment_and_every_segment_has_pixels(scenes):
    for scene in scenes:
        _, ids = render(scene, SIZE)
        assert set(np.unique(ids)) == set(range(1, 3 + len(scene.things)))
        assert np.count_nonzero(ids < 3) > SIZE * SIZE / 3


@pytest.mark.parametrize(
    ("shape", "area"), [("disk", np.pi), ("square", 2.0), ("triangle", 3**1.5 / 4)]
)
def test_a_shape_fills_its_share_of_the_circle_however_it_is_turned(shape, area):
    for angle in (0.0, 0.3, 1.1):
        _, ids = render(scene_of(thing("red solid", shape, angle)), 400)
        assert np.count_nonzero(ids == 3) == pytest.approx(area * 60**2, rel=0.02)


def test_colours_are_those_of_the_class():
    image, ids = render(scene_of(thing("cyan striped")), SIZE)
    for label, own in (("cyan striped", 3), ("brick waves", 1), ("moss checks", 2)):
        pixels = image[ids == own]
        distinct = np.unique(pixels, axis=0).tolist()
        hues = {round(colorsys.rgb_to_hsv(*pixel)[0], 3) for pixel in distinct}
        assert hues == {round(CLASSES[NAMES.index(label)].hue, 3)}
        shades = np.unique(pixels.max(axis=1).round(6))
        assert len(shades) == 2
    image, ids = render(scene_of(thing("cyan solid")), SIZE)
    assert len(np.unique(image[ids == 3], axis=0)) == 1


def test_patterns_have_their_direction():
    """Stripes run along the thing; checks change along both axes."""
    image, _ = render(scene_of(thing("red striped")), 400)
    middle = image[165:235, 165:235, 0]
    assert (middle == middle[:, :1]).all()
    assert len(np.unique(middle[:, 0])) == 2
    turned, _ = render(scene_of(thing("red striped", angle=np.pi / 2)), 400)
    middle = turned[165:235, 165:235, 0]
    assert (middle == middle[:1]).all()
    image, _ = render(scene_of(stuff=("moss checks", "brick waves")), 400)
    checks = image[:, :150, 1]
    assert (checks[0] != checks[0, 0]).any()
    assert (checks[:, 0] != checks[0, 0]).any()


def test_the_border_divides_the_stuff():
    _, ids = render(scene_of(), SIZE)
    assert (ids[:, :48] == 1).all()
    assert (ids[:, 48:] == 2).all()
    wavy = Scene((16, 18), (0.0, 0.0), Border(0.0, 0.0, 0.05, 2.0, 0.0), ())
    _, ids = render(wavy, SIZE)
    edge = np.count_nonzero(ids == 1, axis=1)
    assert edge.max() - edge.min() == pytest.approx(0.1 * SIZE, abs=1.5)
