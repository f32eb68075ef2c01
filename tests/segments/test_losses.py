"""Matching and loss against those of transformers, given the same random points."""

from itertools import permutations

import numpy as np
import pytest
import torch
from transformers import Mask2FormerConfig
from transformers.models.mask2former import modeling_mask2former as library

from tests.segments.made_up import settings
from zslcore.runtime import processes
from zslcore.segments.batches import Batch
from zslcore.segments.losses import class_targets, losses, whole
from zslcore.segments.matching import NONE, Predictions, costs, draw_points, match

LEVELS, QUERIES, CLASSES = 3, 5, 4
CFG = settings().loss


def case(seed, counts, size=(32, 48)):
    """A batch and answers to it, in double precision."""
    stream = torch.Generator().manual_seed(seed)
    n, images = sum(counts), len(counts)

    def normal(*shape):
        return torch.randn(*shape, generator=stream, dtype=torch.float64)

    found = Predictions(
        normal(images, LEVELS, QUERIES, CLASSES + 1),
        3 * normal(images, LEVELS, QUERIES, *(side // 4 for side in size)),
    )
    smooth = torch.nn.functional.avg_pool2d(normal(n, *size)[:, None], 9, 1, 4)[:, 0]
    batch = Batch(
        torch.zeros(images, 3, *size, dtype=torch.uint8),
        smooth > 0,
        torch.randint(0, CLASSES, (n,), generator=stream),
        torch.tensor(counts),
        torch.arange(images) + 10 * seed,
    )
    return found, batch


def per_image(batch):
    counts = batch.counts.tolist()
    return list(batch.masks.double().split(counts)), list(batch.labels.split(counts))


def criterion(cfg=CFG):
    config = Mask2FormerConfig(
        num_labels=CLASSES,
        class_weight=cfg.classification,
        mask_weight=cfg.mask,
        dice_weight=cfg.dice,
        no_object_weight=cfg.no_object,
        train_num_points=cfg.points,
        oversample_ratio=cfg.oversample,
        importance_sample_ratio=cfg.importance,
    )
    weights = {"loss_cross_entropy": 0, "loss_mask": 0, "loss_dice": 0}
    made = library.Mask2FormerLoss(config, weights).double()
    made.empty_weight[-1] = cfg.no_object  # it was in single precision
    return made


class Fed:
    """torch, but for `rand`: it gives what it is fed."""

    def __init__(self, queue):
        self.queue = [each.double() for each in queue]

    def __getattr__(self, name):
        return getattr(torch, name)

    def rand(self, *shape, device=None):
        given = self.queue.pop(0)
        assert given.shape == shape
        return given


def fed(points, level, order):
    """The draws of the library's criterion at one level, in its order of segments."""
    return [
        *(each[None] for each in points.matching),
        points.candidates[order, level],
        points.others[order, level],
    ]


@pytest.mark.parametrize("counts", [(2, 3), (1, 0, 4), (5,), (3, 7)])
def test_matching_and_loss_are_those_of_the_library(monkeypatch, counts):
    """The last case has more segments than queries."""
    found, batch = case(len(counts), counts)
    theirs, points = criterion(), draw_points(batch, LEVELS, CFG)
    ours = match(found, batch, points.matching, CFG)
    expected = {"classification": 0.0, "mask": 0.0, "dice": 0.0}
    starts = np.cumsum((0, *counts))
    for level in range(LEVELS):
        monkeypatch.setattr(library, "torch", Fed(fed(points, level, [])[: len(counts)]))
        answers = found.masks[:, level], found.classes[:, level]
        pairs = theirs.matcher(*answers, *per_image(batch))
        order = []
        for start, (queries, segments) in zip(starts, pairs, strict=False):
            assert ours[start + segments, level].tolist() == queries.tolist()
            order += (start + segments).tolist()
        assert (ours[:, level] != NONE).sum() == len(order)
        monkeypatch.setattr(library, "torch", Fed(fed(points, level, order)))
        found_there = theirs(*answers, *per_image(batch))
        for name, key in (("classification", "cross_entropy"), ("mask", "mask"), ("dice", "dice")):
            expected[name] += found_there[f"loss_{key}"]
    monkeypatch.undo()
    loss, terms = losses(found, batch, CFG)
    for name, value in expected.items():
        torch.testing.assert_close(terms[name][0], value / LEVELS, rtol=1e-12, atol=0)
    weighted = sum(getattr(CFG, name) * value for name, value in expected.items())
    torch.testing.assert_close(loss, weighted, rtol=1e-12, atol=0)


def test_gradients_are_those_of_the_library(monkeypatch):
    found, batch = case(8, (2, 3))
    gradients = []
    points = draw_points(batch, LEVELS, CFG)
    matched = match(found, batch, points.matching, CFG)
    for own in (True, False):
        given = Predictions(*(each.clone().requires_grad_() for each in found))
        if own:
            losses(given, batch, CFG)[0].backward()
        else:
            total = 0
            for level in range(LEVELS):
                pieces = matched[:, level].split((2, 3))
                order = torch.cat([k + p.argsort() for k, p in zip((0, 2), pieces, strict=True)])
                monkeypatch.setattr(library, "torch", Fed(fed(points, level, order)))
                answers = given.masks[:, level], given.classes[:, level]
                parts = criterion()(*answers, *per_image(batch))
                weights = {"cross_entropy": "classification", "mask": "mask", "dice": "dice"}
                total += sum(getattr(CFG, w) * parts[f"loss_{k}"] for k, w in weights.items())
            total.backward()
        gradients.append([each.grad for each in given])
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-14)
        assert a.abs().max() > 1e-4


def test_matching_finds_the_cheapest_pairs():
    """Among all ways to give three segments different queries."""
    found, batch = case(4, (3, 2))
    points = draw_points(batch, LEVELS, CFG).matching
    cost = costs(found, batch, points, CFG)
    matched = match(found, batch, points, CFG)
    for level in range(LEVELS):
        for image, (start, n) in enumerate(((0, 3), (3, 2))):
            table = cost[image, level, :, :n].numpy()
            best = min(
                permutations(range(QUERIES), n), key=lambda p: table[list(p), range(n)].sum()
            )
            assert matched[start : start + n, level].tolist() == list(best)


def test_costs_that_are_no_numbers_are_the_worst():
    found, batch = case(4, (3,))
    found.masks[0, 0, 1] = torch.nan
    matched = match(found, batch, draw_points(batch, LEVELS, CFG).matching, CFG)
    assert 1 not in matched[:, 0].tolist()


def test_perfect_answers_are_matched_and_cost_nothing():
    """Of segments that end where a pixel of the answer's grid does."""
    _, batch = case(4, (2, 2))
    coarse = batch.masks[:, ::4, ::4]
    batch = batch._replace(masks=coarse.repeat_interleave(4, 1).repeat_interleave(4, 2))
    masks = torch.full((2, 1, QUERIES, 8, 12), -50.0, dtype=torch.float64)
    classes = torch.zeros(2, 1, QUERIES, CLASSES + 1, dtype=torch.float64)
    classes[..., -1] = 50
    for k, (image, query) in enumerate(((0, 3), (0, 1), (1, 2), (1, 0))):
        masks[image, 0, query] = 100.0 * coarse[k] - 50
        classes[image, 0, query, -1] = 0
        classes[image, 0, query, batch.labels[k]] = 50
    cfg = settings({"loss.importance": 0.0, "loss.points": 2000}).loss
    found = Predictions(classes, masks)
    assert match(found, batch, draw_points(batch, 1, cfg).matching, cfg).tolist() == [
        [3], [1], [2], [0]
    ]  # fmt: skip
    terms = losses(found, batch, cfg)[1]
    assert terms["accuracy"] == 1
    assert terms["classification"] < 1e-12
    # what is left is at the borders, where both are interpolated
    assert terms["dice"] < 0.25


@pytest.mark.parametrize("seed", range(6))
def test_accuracy_counts_matched_queries_of_the_last_level(seed):
    found, batch = case(seed, (3, 2))
    matched = match(found, batch, draw_points(batch, LEVELS, CFG).matching, CFG)
    targets = class_targets(found, batch, matched)
    hits = 0
    for k, image in enumerate((0, 0, 0, 1, 1)):
        query = matched[k, -1]
        assert targets[image, -1, query] == batch.labels[k]
        hits += found.classes[image, -1, query].argmax() == batch.labels[k]
    assert (targets < CLASSES).sum() == LEVELS * 5
    assert losses(found, batch, CFG)[1]["accuracy"] == pytest.approx(int(hits) / 5)


def part(found, batch, of):
    at = np.cumsum([0, *batch.counts.tolist()])
    segments = slice(at[of.start], at[of.stop])
    return Predictions(found.classes[of], found.masks[of]), Batch(
        batch.pixels[of], batch.masks[segments], batch.labels[segments], batch.counts[of],
        batch.seeds[of],
    )  # fmt: skip


@pytest.mark.parametrize("counts", [(2, 3, 1), (0, 4, 2), (7, 1, 2)])
def test_parts_of_a_batch_add_up_to_the_whole(monkeypatch, counts):
    found, batch = case(5, counts)
    loss, terms = losses(found, batch, CFG)
    over = whole(batch, QUERIES, CFG)
    counted = torch.stack(
        [
            batch.counts.sum(),
            batch.counts.clamp(max=QUERIES).sum(),
            3 * QUERIES - batch.counts.clamp(max=QUERIES).sum(),
        ]
    )
    assert over.masks == sum(counts)
    monkeypatch.setattr(processes, "total", lambda x: counted.to(x))
    each = [losses(*part(found, batch, of), CFG) for of in (slice(0, 1), slice(1, 3))]
    torch.testing.assert_close(sum(part[0] for part in each), loss, rtol=1e-12, atol=0)
    for name, value in terms.items():
        torch.testing.assert_close(sum(p[1][name] for p in each), value, rtol=1e-12, atol=1e-15)


def test_a_batch_without_segments_teaches_that_there_is_no_object():
    found, batch = case(5, (0, 0))
    found = Predictions(*(each.requires_grad_() for each in found))
    loss, terms = losses(found, batch, CFG)
    loss.backward()
    assert terms["mask"] == terms["dice"] == terms["accuracy"] == 0
    expected = -found.classes.log_softmax(-1)[..., -1].mean()
    torch.testing.assert_close(terms["classification"][0], expected.detach())
    assert not found.masks.grad.any()


def test_points_of_an_image_are_those_of_its_seed():
    _, batch = case(5, (2, 3))
    points = draw_points(batch, LEVELS, CFG)
    _, second = part(*case(5, (2, 3)), slice(1, 2))
    alone = draw_points(second, LEVELS, CFG)
    assert torch.equal(alone.matching[0], points.matching[1])
    assert torch.equal(alone.candidates, points.candidates[2:])
    assert points.candidates.shape == (5, LEVELS, 192, 2)
    assert points.others.shape == (5, LEVELS, 16, 2)
    assert not torch.equal(points.matching[0], points.matching[1])


def test_random_numbers_elsewhere_are_left_alone():
    found, batch = case(5, (2, 3))
    state = torch.get_rng_state()
    losses(found, batch, CFG)
    assert torch.equal(torch.get_rng_state(), state)


def test_half_precision_answers_are_compared_in_single_precision():
    found, batch = case(5, (2, 3))
    half = Predictions(*(each.bfloat16() for each in found))
    single = Predictions(*(each.float() for each in half))
    assert losses(half, batch, CFG)[0] == losses(single, batch, CFG)[0]
    assert losses(half, batch, CFG)[0].dtype == torch.float32
