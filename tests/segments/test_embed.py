"""What is kept of training images, and what the segmenter answers to others."""

from collections import UserList

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment

from tests.segments.made_up import scenes, settings, training
from zslcore.runtime.run import Run
from zslcore.segments.answers import Answer, Cached, answers, cache, probabilities
from zslcore.segments.batches import Passes
from zslcore.segments.config import Embed, Size
from zslcore.segments.embed import embed, matched, read, read_class_layer
from zslcore.segments.matching import Predictions, costs, draw_points
from zslcore.segments.model import Segmenter

CPU, AS_IS = torch.device("cpu"), Size(short=0, long=0)
CFG = settings()
HOW = Embed(batch_size=2, passes=1, workers=0)


@pytest.fixture(scope="module")
def seven():
    """Seven scenes, one without segments, and one with a crowd."""
    made = scenes(7)
    made[2] = (made[2][0], np.zeros_like(made[2][1]), [])
    pixels, ids, listed = made[4]
    made[4] = (pixels, ids, [(*each[:2], k == 0) for k, each in enumerate(listed)])
    return training(made)


@pytest.fixture(scope="module")
def segmenter():
    return Segmenter.random(CFG.network, (0, 2, 3), 4, 0).eval()


@pytest.fixture(scope="module")
def folder(segmenter, seven, tmp_path_factory):
    """What was kept, once for the tests below."""
    found = tmp_path_factory.mktemp("kept")
    embed(segmenter, seven, found, (CFG, HOW), Run())
    return found


def singles(seven, image):
    _, classes, crowds = seven.segments(image)
    return sorted(classes[~crowds].tolist())


def test_every_query_of_every_image_is_kept_with_its_label(segmenter, seven, folder):
    x, y = np.load(folder / "embeddings.npy"), np.load(folder / "labels.npy")
    assert (x.shape, x.dtype) == ((7, 5, 32), np.float16)
    assert (y.shape, y.dtype) == ((7, 5), np.int16)
    for image in range(7):
        assert sorted(y[image][y[image] >= 0].tolist()) == singles(seven, image)
        pixels = torch.from_numpy(seven.images[image].transpose(2, 0, 1).copy())[None]
        with torch.no_grad():
            found = segmenter.queries(pixels).embeddings[0].numpy()
        np.testing.assert_allclose(x[image], found, rtol=2e-3, atol=2e-3)


@torch.no_grad()
def test_labels_are_those_of_the_cheapest_matching(segmenter, seven):
    batch = Passes(seven, 2, AS_IS, CFG.augment, 0)([0, 1])
    found = segmenter.queries(batch.pixels)
    logits = segmenter.class_layer(found.embeddings)
    one = Predictions(logits[:, None], found.masks[:, None])
    table = costs(one, batch, draw_points(batch, 1, CFG.loss).matching, CFG.loss)
    _, y = matched(segmenter, batch, CFG)
    for image, start in enumerate((0, int(batch.counts[0]))):
        n = int(batch.counts[image])
        queries, segments = linear_sum_assignment(table[image, 0, :, :n])
        expected = np.full(5, -1)
        expected[queries] = np.array([0, 2, 3])[batch.labels[start + segments]]
        assert y[image].tolist() == expected.tolist()


def test_class_layer_reproduces_the_logits_from_what_was_kept(segmenter, seven, folder):
    weight, bias = read_class_layer(folder)
    assert weight.shape == (5, 32)
    kept = np.load(folder / "embeddings.npy")[0].astype(np.float32) @ weight.T + bias
    with torch.no_grad():
        pixels = torch.from_numpy(seven.images[0].transpose(2, 0, 1).copy())[None]
        expected = segmenter(pixels).classes[0, -1].numpy()
    np.testing.assert_allclose(kept[:, [0, 2, 3, 4]], expected, atol=5e-3)
    assert not kept[:, 1].any()


def test_read_gives_matched_and_unmatched_apart(folder, seven):
    x, y = np.load(folder / "embeddings.npy"), np.load(folder / "labels.npy")
    found = read(folder, 0, 0)
    assert sorted(found.y.tolist()) == sorted(c for i in range(7) for c in singles(seven, i))
    assert np.array_equal(found.x, x[y >= 0])
    assert found.y.dtype == np.int64
    assert np.array_equal(found.unmatched, x[y < 0])
    assert len(found.x) + len(found.unmatched) == 35
    assert type(found.x) is np.ndarray


def test_read_draws_some_of_the_unmatched(folder):
    everything = read(folder, 0, 0)
    some, again, others = (read(folder, 6, seed).unmatched for seed in (0, 0, 1))
    rows = {row.tobytes() for row in everything.unmatched}
    assert len(some) == 6
    assert {row.tobytes() for row in some} <= rows
    assert np.array_equal(some, again)
    assert not np.array_equal(some, others)
    assert np.array_equal(read(folder, 6, 0).x, everything.x)
    assert np.array_equal(read(folder, 999, 0).unmatched, everything.unmatched)


def test_further_passes_are_augmented(segmenter, seven, folder, tmp_path):
    embed(segmenter, seven, tmp_path, (CFG, HOW.model_copy(update={"passes": 3})), Run())
    x, y = np.load(tmp_path / "embeddings.npy"), np.load(tmp_path / "labels.npy")
    assert x.shape == (21, 5, 32)
    assert np.array_equal(x[:7], np.load(folder / "embeddings.npy"))
    mirrored = [not np.array_equal(x[7 + i], x[i]) for i in range(14)]
    assert any(mirrored)
    for row in range(21):
        assert sorted(y[row][y[row] >= 0].tolist()) == singles(seven, row % 7)


def test_unseen_classes_are_refused(segmenter, seven, tmp_path):
    made = scenes(2)
    made[1] = (made[1][0], made[1][1], [(i, 1, c) for i, _, c in made[1][2]])
    with pytest.raises(ValueError, match="image 1 shows unseen classes to training: green"):
        embed(segmenter, training(made), tmp_path, (CFG, HOW), Run())
    assert not (tmp_path / "embeddings.npy").exists()


def test_embeddings_beyond_half_precision_are_refused(seven, tmp_path):
    wild = Segmenter.random(CFG.network, (0, 2, 3), 4, 0)
    with torch.no_grad():
        wild.network.transformer_module.decoder.layernorm.weight.fill_(1e6)
    with pytest.raises(ValueError, match="not finite or beyond 65504"):
        embed(wild, seven, tmp_path, (CFG, HOW), Run())


def test_answers_come_one_by_one_in_any_size(segmenter):
    images = UserList(s[0] for s in [*scenes(2), *scenes(1, size=(50, 90))])
    found = list(answers(segmenter, images, [2, 0], AS_IS, CPU))
    assert [(a.inside, a.size, a.masks.shape) for a in found] == [
        ((50, 90), (50, 90), (5, 16, 24)),
        ((64, 64), (64, 64), (5, 16, 16)),
    ]
    pixels = torch.from_numpy(images[0].transpose(2, 0, 1).copy())[None]
    with torch.no_grad():
        expected = segmenter.queries(pixels)
    np.testing.assert_allclose(found[1].embeddings, expected.embeddings[0], rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose(found[1].masks, expected.masks[0], rtol=2e-3, atol=2e-3)


def test_answers_to_resized_images(segmenter):
    images = UserList(s[0] for s in scenes(1, size=(50, 90)))
    (found,) = answers(segmenter, images, [0], Size(short=100, long=0), CPU)
    assert (found.inside, found.size, found.masks.shape) == ((100, 180), (50, 90), (5, 32, 48))


def test_what_was_cached_are_the_answers(segmenter, tmp_path):
    images = UserList(s[0] for s in scenes(3))
    cache(segmenter, images, tmp_path, AS_IS, CPU)
    held = Cached(tmp_path)
    assert len(held) == 3
    for k, expected in enumerate(answers(segmenter, images, range(3), AS_IS, CPU)):
        found = held[k]
        assert np.array_equal(found.embeddings, expected.embeddings)
        assert np.array_equal(found.masks, expected.masks)
        assert (found.inside, found.size) == (expected.inside, expected.size)
        assert found.masks.dtype == found.embeddings.dtype == np.float16


def test_images_of_several_sizes_cannot_be_cached(segmenter, tmp_path):
    images = UserList(s[0] for s in [*scenes(2), *scenes(1, size=(50, 90))])
    with pytest.raises(ValueError, match=r"image 2 is \(50, 90\).*answer them one by one"):
        cache(segmenter, images, tmp_path, AS_IS, CPU)


def test_no_images_cannot_be_cached(segmenter, tmp_path):
    with pytest.raises(ValueError, match="no images"):
        cache(segmenter, UserList(), tmp_path, AS_IS, CPU)


def test_masks_grow_to_the_input_are_cut_and_resized_to_the_image():
    """A plane is grown to a plane, but for the outermost pixels."""
    y, x = np.mgrid[:16, :24].astype(np.float32)
    masks = ((y + x) / 20)[None].astype(np.float16)
    kept = probabilities(Answer(np.zeros((1, 32)), masks, (50, 90), (50, 90)))
    assert (kept.shape, kept.dtype) == ((1, 50, 90), np.float32)
    rows, columns = np.mgrid[:50, :90]
    expected = 1 / (1 + np.exp(-((rows + 0.5) / 4 - 0.5 + (columns + 0.5) / 4 - 0.5) / 20))
    np.testing.assert_allclose(kept[0][2:, 2:], expected[2:, 2:], atol=1e-3)
    half = probabilities(Answer(np.zeros((1, 32)), masks, (50, 90), (100, 180)))
    rows, columns = np.mgrid[:100, :180]
    expected = 1 / (1 + np.exp(-((rows + 0.5) / 8 - 0.5 + (columns + 0.5) / 8 - 0.5) / 20))
    np.testing.assert_allclose(half[0][5:-2, 5:-2], expected[5:-2, 5:-2], atol=1e-3)
