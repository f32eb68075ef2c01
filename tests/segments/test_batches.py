"""What a step sees, and what it must not see."""

from collections import UserList
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from tests.segments.made_up import NAMES, SEEN, scene, scenes, training
from zslcore.data.annotated import Annotated, Picture
from zslcore.data.panoptic.annotations import pixels_of
from zslcore.data.segmentation import SegmentationProblem
from zslcore.runtime import processes
from zslcore.segments.augment import Change, Window, augmented, draw, resized, taken
from zslcore.segments.batches import Batches, Passes, loaded, normalised
from zslcore.segments.config import Augment, Size
from zslcore.segments.source import Segments, Training, of_map, of_problem

PLAIN = Augment(flip=False, crop=0, scale_min=1.0, scale_max=1.0)
JITTER = Augment(flip=True, crop=64, scale_min=0.3, scale_max=2.0)


def batches(of, augment=PLAIN, size=3, seed=0):
    return Batches(of, size, augment, seed)


def tensors(batch):
    return [each.numpy() for each in batch]


@pytest.fixture
def seven():
    return training(scenes(7))


def test_every_image_is_seen_once_before_one_is_seen_again(seven):
    made = batches(seven)
    rows = [row for step in range(14) for row in made.rows(step)]
    for epoch in range(6):
        assert sorted(rows[7 * epoch : 7 * epoch + 7]) == list(range(7))
    assert rows[:7] != rows[7:14]
    assert batches(seven, seed=1).rows(0) + batches(seven, seed=1).rows(1) != rows[:6]


def test_a_batch_may_be_larger_than_the_dataset(seven):
    assert sorted(batches(seven, size=14).rows(3)) == sorted([*range(7)] * 2)


def test_targets_are_masks_and_places_among_the_seen_classes():
    """Of classes red, blue and yellow, in this order."""
    ids = np.zeros((32, 32), np.int32)
    ids[:4], ids[4:9], ids[20:] = 7, 300, 70000
    listed = [(70000, 3, False), (7, 0, False), (300, 2, True)]
    made = batches(training([(np.zeros((32, 32, 3), np.uint8), ids, listed)]), size=1)(0)
    assert made.labels.tolist() == [2, 0]  # the crowd is left out
    assert made.counts.tolist() == [2]
    assert np.array_equal(made.masks[0].numpy(), ids == 70000)
    assert np.array_equal(made.masks[1].numpy(), ids == 7)


@pytest.mark.parametrize("crowd", [False, True])
def test_no_segment_of_an_unseen_class_gets_into_a_batch(crowd):
    one = scene(np.random.default_rng(0))
    one[1][:2] = 5
    one[2].append((5, 1, crowd))
    with pytest.raises(ValueError, match="image 0 shows unseen classes to training: green; leave"):
        batches(training([one]), size=1)(0)


def test_classes_that_the_dataset_does_not_have_are_refused():
    one = scene(np.random.default_rng(0))
    one[1][:2] = 5
    one[2].append((5, 4, False))
    with pytest.raises(ValueError, match="to 4; allowed: 0 to 3"):
        batches(training([one]), size=1)(0)


def test_masks_of_another_size_than_the_image_are_refused():
    pixels, ids, listed = scene(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"image 0 is \(64, 64\).*masks are \(\d, 63, 64\)"):
        batches(training([(pixels, ids[1:], listed)]), size=1)(0)


def test_pixels_of_a_segment_that_is_not_listed_are_refused():
    _, ids, listed = scene(np.random.default_rng(0))
    ids[0, 0] = 99
    with pytest.raises(ValueError, match="segment 99, which is not listed"):
        of_map(ids, listed)


def test_images_other_than_of_bytes_are_refused():
    pixels, ids, listed = scene(np.random.default_rng(0))
    with pytest.raises(ValueError, match="image 0 is float64"):
        batches(training([(pixels / 255, ids, listed)]), size=1)(0)


def test_segments_may_overlap():
    masks = np.zeros((2, 32, 32), bool)
    masks[0, :20], masks[1, 10:] = True, True
    given = Segments(masks, np.array([0, 0]), np.array([False, False]))
    shown = UserList([np.zeros((32, 32, 3), np.uint8)])
    made = batches(Training(shown, lambda i: given, SEEN, NAMES), size=1)(0)
    assert np.array_equal(made.masks.numpy(), masks)


def test_sides_are_filled_up_to_multiples_of_32_with_what_is_nothing():
    one = scene(np.random.default_rng(0), size=(40, 64))
    made = batches(training([one]), size=1)(0)
    assert made.pixels.shape == (1, 3, 64, 64)
    assert np.array_equal(made.pixels[0, :, :40].numpy().transpose(1, 2, 0), one[0])
    assert not made.masks[:, 40:].any()
    assert normalised(made.pixels, torch.float64)[0, :, 40:].abs().max() < 0.01


def test_normalised_is_by_mean_and_deviation_of_imagenet():
    pixels = torch.tensor([0, 100, 255], dtype=torch.uint8)[None, :, None, None]
    expected = [-0.485 / 0.229, (100 / 255 - 0.456) / 0.224, (1 - 0.406) / 0.225]
    assert normalised(pixels, torch.float64).flatten().tolist() == pytest.approx(expected)


def test_without_crop_images_of_a_batch_are_of_one_size():
    mixed = training(scenes(2) + scenes(2, size=(64, 96)))
    with pytest.raises(ValueError, match=r"\(64, 64\) and \(64, 96\).*set a crop"):
        batches(mixed, size=4)(0)
    assert batches(mixed, JITTER, size=4)(0).pixels.shape == (4, 3, 64, 64)


def test_parts_make_up_the_batch_of_one_process(seven, monkeypatch):
    for augment in (PLAIN, JITTER):
        made = batches(seven, augment, size=5)
        whole, parts = tensors(made(2)), []
        for part in (slice(0, 2), slice(2, 5)):
            monkeypatch.setattr(processes, "share", lambda n, part=part: part)
            parts.append(tensors(made(2)))
        monkeypatch.undo()
        for one, *others in zip(whole, *parts, strict=True):
            assert np.array_equal(one, np.concatenate(others))


def test_a_step_depends_on_seed_and_step_alone(seven):
    one, other = batches(seven, JITTER), batches(seven, JITTER)
    other(0)
    for a, b in zip(tensors(one(3)), tensors(other(3)), strict=True):
        assert np.array_equal(a, b)
    again = batches(seven, JITTER, seed=1)
    assert one(3).seeds.tolist() != again(3).seeds.tolist()
    assert one(3).seeds.tolist() != one(4).seeds.tolist()


def test_workers_read_the_same_and_tell_what_is_wrong(seven):
    made = batches(seven, JITTER)
    for keys in (range(2, 5),):
        here, there = (list(loaded(made, keys, workers)) for workers in (0, 1))
        for one, other in zip(here, there, strict=True):
            for a, b in zip(one, other, strict=True):
                assert torch.equal(a, b)
    unseen = replace(seven, seen=np.array([False, True, True, True]))
    for workers in (0, 1):
        with pytest.raises(ValueError, match="unseen classes to training: red"):
            list(loaded(batches(unseen), range(3), workers))


def test_passes_go_through_all_images_once_as_they_are_then_augmented(seven):
    passes = Passes(seven, 2, Size(short=0, long=0), JITTER, 0)
    plain = passes([3, 4])
    for k, row in enumerate((3, 4)):
        assert np.array_equal(plain.pixels[k].numpy().transpose(1, 2, 0), seven.images[row])
    again = passes([7 + 3, 7 + 4])
    assert again.pixels.shape == plain.pixels.shape
    assert not torch.equal(again.pixels, plain.pixels)
    alone = passes([7 + 4])
    assert torch.equal(alone.pixels[0], again.pixels[1])
    assert alone.seeds[0] == again.seeds[1]
    assert not torch.equal(passes([14 + 4]).pixels, alone.pixels)
    assert alone.seeds[0] != plain.seeds[1]


def test_passes_resize_images_that_are_not_augmented(seven):
    passes = Passes(seven, 2, Size(short=32, long=0), JITTER, 0)
    assert passes([0]).pixels.shape == (1, 3, 32, 32)
    assert passes([7]).pixels.shape == (1, 3, 64, 64)


def test_images_and_segments_of_files(tmp_path):
    pixels, ids, listed = scene(np.random.default_rng(0))
    Image.fromarray(pixels).save(tmp_path / "image.png")
    Image.fromarray(pixels_of(ids)).save(tmp_path / "map.png")
    table = np.array([[0, *each] for each in listed], np.int64)
    table[0, 3] = 1
    picture = Picture(tmp_path / "image.png", 64, 64)
    annotated = Annotated("panoptic", (picture,), table, (tmp_path / "map.png",))
    problem = SegmentationProblem(annotated, (), NAMES, SEEN, SEEN, np.eye(4, dtype=np.float32))
    files = of_problem(problem)
    assert len(files.images) == 1
    assert np.array_equal(files.images[0], pixels)
    assert np.array_equal(files.seen, SEEN)
    assert files.class_names == NAMES
    found, expected = files.segments(0), of_map(ids, listed)
    assert np.array_equal(found.masks, expected.masks)
    assert np.array_equal(found.classes, expected.classes)
    assert found.crowds.tolist() == [True] + [False] * (len(listed) - 1)


def test_half_of_the_images_are_mirrored_and_scales_are_in_range():
    drawn = draw(np.random.default_rng(0), 4000, JITTER)
    assert 0.47 < np.mean([each.flip for each in drawn]) < 0.53
    assert not any(each.flip for each in draw(np.random.default_rng(0), 99, PLAIN))
    scales = np.array([each.scale for each in drawn])
    assert (scales.min(), scales.max()) == pytest.approx((0.3, 2.0), abs=0.01)
    for places in ([each.down for each in drawn], [each.right for each in drawn]):
        assert np.mean(places) == pytest.approx(0.5, abs=0.02)


def test_mirrored_is_mirrored_in_both():
    pixels, ids, _ = scene(np.random.default_rng(0))
    found, masks = augmented(pixels, ids[None] > 0, Change(True, 1.0, 0.0, 0.0), 0)
    assert np.array_equal(found[:, 5], pixels[:, -6])
    assert np.array_equal(masks[0, :, 5], (ids > 0)[:, -6])


def test_an_image_that_just_fills_the_crop_is_left_as_it_is():
    pixels, ids, _ = scene(np.random.default_rng(0))
    found, masks = augmented(pixels, ids[None] > 0, Change(False, 1.0, 0.3, 0.9), 64)
    assert np.array_equal(found, pixels)
    assert np.array_equal(masks[0], ids > 0)


@pytest.mark.parametrize("size", [(64, 64), (50, 90), (90, 50)])
@pytest.mark.parametrize("scale", [0.37, 1.0, 1.9])
@pytest.mark.parametrize("place", [(0.0, 0.0), (0.4, 0.8), (1.0, 1.0)])
def test_pixels_and_masks_stay_together(size, scale, place):
    """A mask drawn as an image is cut the same way, but for a pixel at its border."""
    mask = np.zeros(size, bool)
    mask[20:40, 10:45] = True
    pixels = np.repeat(255 * mask[..., None].astype(np.uint8), 3, axis=2)
    found, masks = augmented(pixels, mask[None], Change(False, scale, *place), 64)
    assert found.shape[:2] == masks.shape[1:]
    whole = [round(side * scale * 64 / max(size)) for side in size]
    assert list(found.shape[:2]) == [min(side, 64) for side in whole]
    sure = (found[..., 0] < 50) | (found[..., 0] > 205)
    assert sure.mean() > 0.85
    assert np.array_equal(masks[0][sure], found[..., 0][sure] > 127)


def test_a_window_is_that_part_of_the_whole_resized_image():
    rng = np.random.default_rng(0)
    pixels, masks = rng.integers(0, 256, (30, 40, 3), np.uint8), rng.random((2, 30, 40)) < 0.5
    whole, all_masks = taken(pixels, masks, Window(45, 77, range(45), range(77)))
    part, some = taken(pixels, masks, Window(45, 77, range(10, 30), range(33, 77)))
    assert np.array_equal(some, all_masks[:, 10:30, 33:77])
    assert np.abs(part.astype(int) - whole[10:30, 33:77]).max() <= 1
    assert np.array_equal(whole, np.asarray(Image.fromarray(pixels).resize((77, 45), 2)))


@pytest.mark.parametrize(
    ("size", "short", "longest", "expected"),
    [
        ((60, 80), 30, 0, (30, 40)),
        ((80, 60), 30, 0, (40, 30)),
        ((60, 80), 30, 100, (30, 40)),
        ((60, 80), 120, 100, (75, 100)),
        ((60, 80), 0, 10, (60, 80)),
    ],
)
def test_resized_by_the_shorter_side_as_long_as_the_longer_one_allows(
    size, short, longest, expected
):
    pixels, mask = np.zeros((*size, 3), np.uint8), np.zeros((1, *size), bool)
    mask[:, : size[0] // 2] = True
    found, masks = resized(pixels, mask, Size(short=short, long=longest))
    assert found.shape[:2] == masks.shape[1:] == expected
    assert masks.mean() == pytest.approx(0.5, abs=0.02)


def test_segments_out_of_the_crop_are_no_targets():
    ids = np.zeros((64, 64), np.int32)
    ids[:2, :2], ids[30:, 30:] = 7, 8
    listed = [(7, 0, False), (8, 3, False)]
    near = Augment(flip=False, crop=64, scale_min=4.0, scale_max=4.0)
    made = batches(training([(np.zeros((64, 64, 3), np.uint8), ids, listed)]), near, size=1)
    labels = [made(step).labels.tolist() for step in range(20)]
    assert [] in labels
    assert [2] in labels
    assert all(made(step).masks.flatten(1).any(1).all() for step in range(20))
