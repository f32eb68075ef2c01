"""Which images and captions a step sees."""

import numpy as np
import pytest

from zslcore.methods.clarel.batches import Batches
from zslcore.text.vocabulary import Vocabulary

COUNTS = (4, 1, 3, 4, 4, 2, 4, 1)
Y = np.array([0, 0, 1, 1, 1, 1, 2, 0])  # class 2 has one image
WORDS = "abcdefghijklmnopqrstuvwx"


@pytest.fixture(scope="module")
def tokens():
    """Eight images; every caption is its number in words, so that it is known by its row."""
    names = iter(f"{a} {b}" for a in WORDS for b in WORDS)
    captions = [[next(names) for _ in range(count)] for count in COUNTS]
    return Vocabulary.of(captions, 100).encode(captions, 4, "first")


@pytest.fixture
def batches(tokens, settings):
    """`batches(sample="all")`: of all or some images."""

    def made(of=tokens, **changes):
        cfg = settings({f"batch.{key}": value for key, value in changes.items()}).batch
        return Batches(of, Y, cfg)

    return made


def drawn(made, count=30, seed=0):
    rng = np.random.default_rng(seed)
    return [made.draw(rng) for _ in range(count)]


def meant(batch):
    """The rows of the tokens that each image's text is the mean of."""
    rows, share = batch.rows[batch.places], batch.share > 0
    return [each[own] for each, own in zip(rows, share, strict=True)]


def owner(tokens):
    """The image of each row, as no two share one here."""
    found = np.empty(sum(COUNTS), int)
    for image in range(len(COUNTS)):
        found[tokens.rows(image)] = image
    return found


def test_images_are_distinct_and_every_one_has_its_turn(batches):
    found = [batch.images for batch in drawn(batches(images=3))]
    assert all(len(set(each.tolist())) == 3 for each in found)
    counts = np.bincount(np.concatenate(found), minlength=8)
    assert (counts > 3).all()
    assert all(len(b.images) == 8 for b in drawn(batches(images=50), 3))


@pytest.mark.parametrize("sample", ["replacement", "distinct", "all"])
@pytest.mark.parametrize("pairing", ["instance", "class_shuffled"])
def test_shares_sum_to_one_and_captions_are_counted(batches, sample, pairing):
    for batch in drawn(batches(sample=sample, pairing=pairing)):
        np.testing.assert_allclose(batch.share.sum(1), 1, rtol=1e-6)
        assert len(set(batch.rows.tolist())) == len(batch.rows)
        flat = np.concatenate(meant(batch))
        assert np.array_equal(batch.times, [(flat == row).sum() for row in batch.rows])
        assert (batch.times > 0).all()
        for shares in batch.share:  # the same for each caption that there is
            assert len(set(shares[shares > 0].tolist())) == 1


def test_with_replacement_each_image_has_as_many_captions_as_asked(batches, tokens):
    repeated = 0
    for batch in drawn(batches(sample="replacement", captions=3)):
        assert (batch.share == np.float32(1 / 3)).all()
        for image, rows in zip(batch.images.tolist(), meant(batch), strict=True):
            assert set(rows.tolist()) <= set(tokens.rows(image).tolist())
            repeated += len(set(rows.tolist())) < 3
    assert repeated > 30


def test_distinct_captions_as_far_as_there_are(batches, tokens):
    heard = set()
    for batch in drawn(batches(sample="distinct", captions=3)):
        for image, rows in zip(batch.images.tolist(), meant(batch), strict=True):
            assert len(set(rows.tolist())) == len(rows) == min(3, COUNTS[image])
            assert set(rows.tolist()) <= set(tokens.rows(image).tolist())
            heard.update(rows.tolist())
    assert heard == set(range(sum(COUNTS)))


def test_all_captions_there_are(batches, tokens):
    for batch in drawn(batches(sample="all", captions=1)):
        for image, rows in zip(batch.images.tolist(), meant(batch), strict=True):
            assert sorted(rows.tolist()) == sorted(tokens.rows(image).tolist())


def test_a_caption_that_an_image_has_twice_counts_twice(settings):
    captions = [["a", "a", "b"], ["b", "c"]]
    tokens = Vocabulary.of(captions, 9).encode(captions, 4, "first")
    batch = Batches(tokens, np.zeros(2, int), settings({"batch.sample": "all"}).batch)
    found = batch.draw(np.random.default_rng(0))
    said = {}
    for image, share, places in zip(found.images.tolist(), found.share, found.places, strict=True):
        for part, row in zip(share.tolist(), found.rows[places].tolist(), strict=True):
            key = image, int(tokens.ids[row, 0])
            said[key] = said.get(key, 0) + part
    a, b, c = (int(tokens.ids[row, 0]) for row in (0, 1, 2))
    third = pytest.approx(1 / 3)
    assert said == {(0, a): pytest.approx(2 / 3), (0, b): third, (1, b): 0.5, (1, c): 0.5}
    assert found.times.tolist() == [2, 2, 1]


def test_shuffled_captions_are_of_one_other_image_of_the_class(batches, tokens):
    of, partners = owner(tokens), {}
    for batch in drawn(batches(pairing="class_shuffled", sample="all")):
        for image, rows in zip(batch.images.tolist(), meant(batch), strict=True):
            (other,) = set(of[rows].tolist())
            partners.setdefault(image, set()).add(other)
    same = {i: {j for j in range(8) if Y[j] == Y[i] and j != i} for i in range(8)}
    assert partners == same | {6: {6}}  # which has no other of its class


def test_captions_of_a_class_are_drawn_from_all_its_images(batches, tokens):
    of, heard = owner(tokens), {image: set() for image in range(8)}
    for batch in drawn(batches(pairing="class_mean"), 60):
        for image, rows in zip(batch.images.tolist(), meant(batch), strict=True):
            heard[image].update(of[rows].tolist())
    assert heard == {i: set(np.flatnonzero(Y[i] == Y).tolist()) for i in range(8)}


def test_a_mean_over_a_class_cannot_take_all_captions(batches):
    with pytest.raises(ValueError, match="class_mean draws from all captions"):
        batches(pairing="class_mean", sample="all")


def test_the_seed_alone_decides(batches):
    one, again, other = (drawn(batches(), 3, seed) for seed in (0, 0, 1))
    assert all(np.array_equal(a.places, b.places) for a, b in zip(one, again, strict=True))
    assert any(not np.array_equal(a.images, b.images) for a, b in zip(one, other, strict=True))


def test_instances_are_drawn_without_a_look_at_classes(tokens, settings):
    drawn_by = [drawn(Batches(tokens, labels, settings().batch), 5) for labels in (Y, 2 - Y, 0 * Y)]
    for batches in zip(*drawn_by, strict=True):
        for name in ("images", "rows", "places"):
            first, *others = (getattr(batch, name) for batch in batches)
            assert all(np.array_equal(first, other) for other in others)
