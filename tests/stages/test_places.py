"""Where the embedded benchmark draws its parts."""

import numpy as np
import pytest

from stages.places import places
from zslcore.data.sources.shapes.factors import VALUES

GENERATED = {"generator": "shapes"}


def cells(mask, side):
    return {divmod(i, side) for i in np.flatnonzero(mask).tolist()}


def test_parts_are_where_the_generator_puts_them():
    found = places(GENERATED, 4)
    assert cells(found["badge"], 4) == {(0, 0)}
    assert cells(found["mark"], 4) == {(3, 3)}
    middle = {(1, 1), (1, 2), (2, 1), (2, 2)}
    for group in ("shape", "hue", "texture"):
        assert cells(found[group], 4) == middle
    edge = {(y, x) for y in range(4) for x in range(4)} - middle
    assert cells(found["frame"], 4) == edge


def test_a_finer_grid_has_the_same_places():
    found = places(GENERATED, 8)
    assert cells(found["badge"], 8) == {(1, 1)}
    assert cells(found["mark"], 8) == {(6, 6)}
    assert found["shape"].reshape(8, 8)[3:5, 2:6].all()
    assert not found["frame"].reshape(8, 8)[2:6, 2:6].any()


def test_every_group_of_attributes_has_a_place():
    assert places(GENERATED, 4).keys() == VALUES.keys()


@pytest.mark.parametrize("provenance", [{}, {"generator": "scenes"}])
def test_other_images_have_none(provenance):
    assert places(provenance, 4) == {}
