"""Captions on one time line."""

import numpy as np
import pytest

from zslcore.methods.clarel.line import lay, pooled

LENGTHS = np.array([6, 1, 3, 5, 2, 4, 7, 8])
TIMES = np.array([1, 2, 1, 3, 1, 1, 2, 1])
IDS = np.random.default_rng(0).integers(1, 50, (8, 9)) * (np.arange(9) < LENGTHS[:, None])


@pytest.fixture
def laid(settings):
    """`laid(blocks, kernel)`."""

    def made(blocks, kernel):
        changes = {"encoder.widths": (4,) * blocks, "encoder.kernel": kernel}
        return lay(IDS, LENGTHS, TIMES, settings(changes).encoder)

    return made


@pytest.mark.parametrize("kernel", [1, 3, 5, 7])
@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_no_convolution_of_any_block_reaches_the_words_of_another_caption(laid, blocks, kernel):
    line = laid(blocks, kernel)
    owner = np.full(len(line.ids), -1)
    for u, (start, length) in enumerate(zip(line.start, line.lengths, strict=True)):
        owner[start : start + length] = u
    for _ in range(blocks):
        assert len(owner) % 2 == 0
        for at in np.flatnonzero(owner >= 0):
            seen = owner[max(at - kernel // 2, 0) : at + kernel // 2 + 1]
            assert set(seen.tolist()) <= {-1, owner[at]}
        pairs = owner.reshape(-1, 2)
        assert all(a == b or min(a, b) == -1 for a, b in pairs.tolist())
        owner = pairs.max(1)
    start = line.start // 2**blocks
    assert np.array_equal(line.start % 2**blocks, np.zeros(8))
    for u, length in enumerate(pooled(line.lengths, blocks).tolist()):
        assert np.array_equal(np.flatnonzero(owner == u), start[u] + np.arange(length))


@pytest.mark.parametrize(("blocks", "kernel"), [(1, 3), (2, 3), (2, 5), (3, 1)])
def test_words_and_how_often_they_count_stand_where_the_captions_do(laid, blocks, kernel):
    line = laid(blocks, kernel)
    rest = np.ones(len(line.ids), bool)
    for u, (start, length) in enumerate(zip(line.start, LENGTHS, strict=True)):
        own = slice(start, start + length)
        assert np.array_equal(line.ids[own], IDS[u, :length])
        assert np.array_equal(line.weight[own], np.full(length, TIMES[u]))
        rest[own] = False
    assert not line.ids[rest].any()
    assert not line.weight[rest].any()


def test_a_line_is_hardly_longer_than_its_words(laid):
    """Two blocks, kernel 3: a caption takes the next multiple of 4 that has two places to spare."""
    slots = np.diff(laid(2, 3).start, append=len(laid(2, 3).ids))
    assert slots.tolist() == [8, 4, 8, 8, 4, 8, 12, 12]


def test_an_odd_last_place_is_pooled_by_itself():
    assert pooled(np.array([1, 2, 3, 4, 5]), 1).tolist() == [1, 1, 2, 2, 3]
    assert pooled(np.array([1, 4, 5, 8, 9]), 2).tolist() == [1, 1, 2, 2, 3]
