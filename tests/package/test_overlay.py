"""Segments painted over their image."""

import numpy as np

from zslcore.package.overlay import middle, overlay
from zslcore.segments.merge import Panoptic, Segment

PALETTE = np.array([[200, 0, 0], [0, 100, 0], [255, 255, 255]], np.uint8)


def test_colours_are_mixed_inside_and_the_image_is_kept_outside():
    pixels = np.full((600, 700, 3), 100, np.uint8)
    ids = np.zeros((600, 700), np.int32)
    ids[300:, :350] = 1
    ids[300:, 350:] = 5
    found = Panoptic(ids, (Segment(1, 0), Segment(5, 1)))
    picture = np.asarray(overlay(pixels, found, ("", ""), PALETTE))
    assert picture.shape == pixels.shape
    assert picture[100, 100].tolist() == [100, 100, 100]
    assert picture[500, 100].tolist() == [150, 50, 50]
    assert picture[500, 600].tolist() == [50, 100, 50]
    assert picture[299, 100].tolist() == picture[500, 349].tolist() == [255, 255, 255]


def test_small_images_grow_by_a_whole_factor():
    pixels = np.full((64, 90, 3), 100, np.uint8)
    picture = overlay(pixels, Panoptic(np.zeros((64, 90), np.int32), ()), (), PALETTE)
    assert picture.size == (5 * 90, 5 * 64)


def test_names_stand_in_their_segments():
    """Also where that is at the edge: the name is moved into the picture."""
    pixels = np.full((480, 480, 3), 100, np.uint8)
    ids = np.zeros((480, 480), np.int32)
    ids[200:240, 460:] = 1
    found = Panoptic(ids, (Segment(1, 0),))
    bare, named = (
        np.asarray(overlay(pixels, found, (name,), PALETTE)).astype(int)
        for name in ("", "a rather long name")
    )
    rows, columns = np.nonzero((bare != named).any(-1))
    assert rows.min() >= 200
    assert rows.max() < 240
    assert columns.min() < 460
    assert columns.max() < 479
    assert columns.max() - columns.min() > 80


def test_the_middle_of_a_mask_is_inside_it():
    ring = np.zeros((41, 61), bool)
    ring[5:36, 5:56] = True
    ring[8:33, 8:40] = False
    y, x = middle(ring)
    assert ring[y, x]
    assert (8 < y < 33, 45 < x < 51) == (True, True)  # where the frame is wide
    one = np.zeros((4, 4), bool)
    one[0, 3] = True
    assert middle(one) == (0, 3)
    assert middle(np.ones((5, 5), bool)) == (2, 2)
