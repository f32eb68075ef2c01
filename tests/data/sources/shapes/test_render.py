"""Every factor shows, and only where it lives; what is said of a scene can be measured."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from zslcore.data.sources.shapes.captions import facts
from zslcore.data.sources.shapes.factors import VALUES, Spec
from zslcore.data.sources.shapes.render import render
from zslcore.data.sources.shapes.scene import draw_scene

SIZE = 64
SPEC = Spec("square", "green", "plain", "none", "maroon", "absent")


@pytest.fixture(scope="module")
def scenes(tiny):
    cfg = tiny(occlusion=0.0)
    return [draw_scene(cfg, np.random.default_rng(i)) for i in range(40)]


def changed_pixels(a, b, scene):
    """Where two classes differ by a visible amount in one scene: y and x, shares of the side."""
    difference = np.abs(render(a, scene, SIZE) - render(b, scene, SIZE)).max(axis=2)
    return (np.argwhere(difference > 1) + 0.5).T / SIZE


def inside(group, y, x, scene):
    """True for points of the part of the image that a group may change, a pixel wider."""
    slack = 1.5 / SIZE
    if group in ("shape", "hue", "texture"):
        return np.hypot(x - scene.x, y - scene.y) < 1.15 * scene.radius + slack
    if group == "badge":
        return np.maximum(x, y) < 0.35
    if group == "mark":
        return np.minimum(x, y) > 0.7
    return np.minimum.reduce([x, y, 1 - x, 1 - y]) < 0.08 + slack


@pytest.mark.parametrize("group", VALUES)
def test_each_pair_of_values_looks_different_in_its_own_part_only(group, scenes):
    for a, b in combinations(VALUES[group], 2):
        for scene in scenes[:6]:
            specs = (replace(SPEC, **{group: value}) for value in (a, b))
            y, x = changed_pixels(*specs, scene)
            assert len(y) > 10, (a, b)
            assert inside(group, y, x, scene).all(), (a, b)


def figure(spec, scene):
    """The pixels of a figure: those that its hue changes."""
    return changed_pixels(spec, replace(spec, hue="magenta"), scene)


def test_a_place_and_size_that_are_told_are_where_the_figure_is(scenes):
    sizes = {"small": [], "medium": [], "large": []}
    for scene in scenes:
        (y, x), told = figure(SPEC, scene), facts(SPEC, scene)
        right, down = x.mean() - 0.51, y.mean() - 0.51
        sizes[told["size"]].append(len(y))
        off = {"left": -right, "right": right, "up": -down, "down": down}
        if told["place"] == "middle":
            assert max(off.values()) < 0.04
        else:
            assert off[told["place"]] > max(off.values()) - 0.02
    assert max(sizes["small"]) < min(sizes["medium"])
    assert max(sizes["medium"]) < min(sizes["large"])


def test_a_tilt_that_is_told_is_seen(scenes):
    """The tip of a triangle points to where it is tilted."""
    seen = set()
    for scene in scenes:
        spec = replace(SPEC, shape="triangle")
        y, x = figure(spec, scene)
        lean = x[y < y.min() + 0.03].mean() - x.mean()
        seen.add(tilt := facts(spec, scene)["tilt"])
        if tilt != "upright":
            assert (lean > 0) == (tilt == "right")
    assert seen == {"left", "upright", "right"}


@pytest.mark.parametrize("shape", ["disk", "ring"])
def test_no_tilt_is_told_of_a_plain_round_figure(shape, scenes):
    assert "tilt" not in facts(replace(SPEC, shape=shape), scenes[0])
    assert "tilt" in facts(replace(SPEC, shape=shape, texture="striped"), scenes[0])


def test_dark_grounds_are_darker(scenes):
    corners = {"dark": [], "dim": [], "bright": []}
    for scene in scenes:
        image = render(SPEC, scene, SIZE)
        corners[facts(SPEC, scene)["backdrop"]].append(image[-4:, :4].max(axis=2).mean())
    assert np.mean(corners["dark"]) < np.mean(corners["dim"]) < np.mean(corners["bright"])


def test_occlusion_adds_a_bar_and_changes_nothing_else(tiny):
    n_hidden = 0
    for i in range(60):
        clear, some = (
            draw_scene(tiny(occlusion=share), np.random.default_rng(i)) for share in (0.0, 0.5)
        )
        assert replace(some, bar=None) == clear
        n_hidden += facts(SPEC, some)["cover"] == "hidden"
    assert 20 <= n_hidden <= 40


def test_a_bar_covers_what_is_behind_it(tiny):
    scene = draw_scene(tiny(occlusion=1.0), np.random.default_rng(3))
    bar = render(SPEC, scene, SIZE) != render(SPEC, replace(scene, bar=None), SIZE)
    area = bar.any(axis=2).mean()
    assert (
        0.5 * scene.bar.length * scene.bar.width < area < 1.5 * scene.bar.length * scene.bar.width
    )
    assert render(SPEC, scene, SIZE)[int(scene.bar.y * SIZE), int(scene.bar.x * SIZE)] == (
        pytest.approx(255 * scene.bar.grey)
    )


def test_jitter_spreads_the_hue(tiny):
    def shifts(jitter):
        cfg = tiny(hue_jitter=jitter)
        return [draw_scene(cfg, np.random.default_rng(i)).hue_shift for i in range(400)]

    assert np.std(shifts(0.02)) == pytest.approx(0.02, rel=0.15)
    assert set(shifts(0.0)) == {0.0}


@pytest.mark.parametrize("size", [32, 96])
def test_size_only_scales_the_picture(size, scenes):
    spec = replace(SPEC, frame="thick", mark="present")
    large, small = render(spec, scenes[0], 192), render(spec, scenes[0], size)
    k = 192 // size
    reduced = large.reshape(size, k, size, k, 3).mean(axis=(1, 3))
    assert np.abs(reduced - small).mean() < 5
