"""What a step on images sees, from caches and without them."""

import numpy as np
import pytest
import torch

from zslcore.data.problem import Rows
from zslcore.methods.spaen import caches
from zslcore.methods.spaen.batches import Pictures, check_images
from zslcore.methods.spaen.crops import views
from zslcore.methods.spaen.perceptual import build
from zslcore.methods.spaen.train_f import every_crop

CPU = torch.device("cpu")


@pytest.fixture
def pictures(tiny, settings, tmp_path):
    """`pictures("ten")`: of the tiny problem, with caches where crops are fixed."""

    def make(train):
        cfg = settings({"crops.train": train})
        network = build(cfg.perceptual, cfg.crops.size, 0, CPU)
        images = tiny.problem.images
        held = None
        if train != "random":
            held = caches.make(network, images, cfg.crops, tmp_path / train)
        return Pictures(images, network, held, cfg.crops, CPU)

    return make


def by_hand(pictures, drawn):
    """Crop by crop."""
    found = []
    for row, (top, left, flip) in zip(drawn.rows, drawn.windows.tolist(), strict=True):
        image = pictures.images[np.array([row])][0]
        crop = image[top : top + 16, left : left + 16]
        found.append(crop[:, ::-1] if flip else crop)
    return torch.from_numpy(np.stack(found)).permute(0, 3, 1, 2).float() / 127.5 - 1


@pytest.mark.parametrize("train", ["ten", "centre", "random"])
def test_crops_and_what_is_perceived_belong_to_the_rows_drawn(pictures, train):
    given = pictures(train)
    drawn = given.draw(40, np.random.default_rng(0))
    x = given.crops(drawn)
    torch.testing.assert_close(x, by_hand(given, drawn))
    seen, expected = given.perceived(drawn, x), given.perceptual(x)
    assert expected.vector.any()
    for found, wanted in zip(seen, expected, strict=True):
        torch.testing.assert_close(found, wanted.detach(), rtol=2e-3, atol=1e-4)  # float16
        assert not found.requires_grad
    assert torch.equal(given.vectors(drawn), seen.vector)
    assert len(np.unique(drawn.rows)) > 10


@pytest.mark.parametrize(("train", "distinct"), [("ten", 10), ("centre", 1), ("random", 20)])
def test_all_crops_come_up(pictures, train, distinct):
    drawn = pictures(train).draw(400, np.random.default_rng(0))
    found = len(np.unique(drawn.windows, axis=0))
    assert found >= distinct if train == "random" else found == distinct
    assert np.bincount(drawn.rows, minlength=20).min() > 5


@pytest.mark.parametrize("train", ["ten", "random"])
def test_every_crop_is_image_by_image(pictures, train):
    given = pictures(train)
    (drawn,) = every_crop(given)
    assert drawn.rows.tolist() == np.arange(20).repeat(10).tolist()
    assert drawn.windows.tolist() == views(given.cfg).tolist() * 20
    exact = given.perceptual(by_hand(given, drawn)).vector.detach()
    torch.testing.assert_close(given.vectors(drawn), exact, rtol=2e-3, atol=1e-4)


def test_caches_are_kept_and_read_as_they_are_asked_for(pictures, tmp_path):
    made = pictures("ten").caches
    again = caches.load(tmp_path / "ten")
    for one, other in zip(made, again, strict=True):
        assert isinstance(one.array, np.memmap)
        assert one.array.dtype == np.float16
        assert len(one) == 200
        assert np.array_equal(one.array, other.array)


def test_caches_do_not_depend_on_how_many_crops_are_perceived_at_a_time(pictures, monkeypatch):
    made = pictures("ten").caches
    whole = [np.array(each.array) for each in made]
    monkeypatch.setattr(caches, "CROPS", 30)
    for one, other in zip(whole, pictures("ten").caches, strict=True):
        np.testing.assert_allclose(one, other.array, rtol=2e-3, atol=1e-4)


def test_images_are_squares_of_the_right_side(tiny, settings):
    cfg = settings().crops
    assert check_images(tiny.problem.images, cfg) is tiny.problem.images
    with pytest.raises(ValueError, match="SP-AEN learns from images, and the problem has none"):
        check_images(None, cfg)
    other = Rows(np.zeros((3, 20, 24, 3), np.uint8), np.arange(3))
    with pytest.raises(ValueError, match=r"\(20, 24, 3\); with crops\.resize 20 they must be"):
        check_images(other, cfg)


def test_only_a_batch_at_a_time_is_made_of_floats(pictures, monkeypatch):
    given, seen = pictures("ten"), []
    original = type(given.images).__getitem__
    monkeypatch.setattr(Rows, "__getitem__", lambda s, r: seen.append(len(r)) or original(s, r))
    given.crops(given.draw(5, np.random.default_rng(0)))
    assert seen == [5]
