"""The lean form against the plain one: a module per sub-network, einsum, autograd."""

import numpy as np
import pytest
import torch

from benchmarks.dedn_textbook import Classes, Setting, Textbook
from tests.methods.dedn.conftest import CLUSTERS
from zslcore.methods.dedn.batches import Batches
from zslcore.methods.dedn.model import Model
from zslcore.methods.dedn.networks import outputs
from zslcore.methods.dedn.train import losses, optimizer, total
from zslcore.nn.streams import Streams

SAME = {"rtol": 1e-9, "atol": 1e-11}
CASES = [
    {},
    {"experts": "coarse"},
    {"experts": "fine"},
    {"branches": "region"},
    {"branches": "channel"},
    {"experts": "fine", "branches": "channel"},
    {"rank": 3},
    {"rank": 2, "experts": "fine", "branches": "region"},
    {"training_lambda_rc": 0.7},
    {"training_lambda_rc": 0.0},
    {"loss.pair": "paper"},
    {"loss.pair": "paper", "training_lambda_rc": 0.3, "experts": "coarse"},
    {"loss.classification": "cross_entropy"},
    {"loss.true_margin": 1.0},
    {"loss.margin": 0.0},
    {"loss.align": 0.0, "loss.distill": 0.0, "loss.self_calibration": 0.0},
    {"train_vectors": False},
    {"attribute_vectors": "one_hot"},
]
NAMES = {"w1": "w1", "w2": "w2", "w3": "w3", "w4": "w4"}
FACTORS = {**NAMES, "w1": "w1_left", "w1_right": "w1_right"}


def book_of(ours, problem, place):
    """The plain form with our parameters of one seed."""
    cfg = ours.cfg
    keys = set(Setting.__dataclass_fields__)
    values = {k: v for k, v in {**cfg.model_dump(), **cfg.loss.model_dump()}.items() if k in keys}
    vectors = torch.nn.functional.normalize(torch.from_numpy(problem.class_vectors).double())
    classes = Classes(vectors, torch.from_numpy(problem.seen))
    clusters = [torch.from_numpy(np.flatnonzero(c == CLUSTERS)) for c in range(3)]
    book = Textbook(ours.vectors, clusters, ours.task.maps.shape, classes, Setting(**values))
    for network, values in zip(networks(book), ours_of(ours.weights, ours, place), strict=True):
        network.load_state_dict(values)
    return book


def networks(book):
    """All sub-networks, in our order."""
    return [network for expert in book.experts.values() for network in expert]


def ours_of(values, ours, place):
    """Our parameters (or gradients) of a seed, one dict per sub-network, under the plain names."""
    names, natural = FACTORS if ours.cfg.rank else NAMES, ours.layout.order.argsort()
    for q, group in enumerate(ours.layout.groups):
        found = {names[k]: x[place, q] for k, x in values.items() if k != "v"}
        if "v" in values:
            v = values["v"][place, group]
            found["v"] = v[natural] if q == 0 and "coarse" in ours.layout.experts else v
        yield found


@pytest.mark.parametrize("changes", CASES, ids=str)
def test_losses_gradients_and_steps_are_what_autograd_makes_of_the_formulas(core, tiny, changes):
    ours = core(changes)
    books = [book_of(ours, tiny[0], place) for place in (0, 1)]
    cfg = ours.cfg.optimizer
    plain = [
        torch.optim.RMSprop(
            book.parameters(), cfg.lr, cfg.smoothing, 1e-8, cfg.weight_decay, cfg.momentum
        )
        for book in books
    ]
    lean = optimizer(ours.weights, ours.task)
    draw = Batches(ours.task.y, ours.cfg, Streams(ours.run, 7))
    for _ in range(3):
        batch = draw()
        maps, y = ours.task.maps[batch], ours.task.y[batch]
        loss = total(losses(ours.weights, ours.task, maps, y), ours.task)
        lean.zero_grad()
        loss.sum().backward()
        gradients = {k: w.grad for k, w in ours.weights.items() if w.grad is not None}
        for place, (book, rms) in enumerate(zip(books, plain, strict=True)):
            raw = torch.from_numpy(tiny[0].regions[batch[place].numpy()]).double()
            expected = book.loss(raw.transpose(1, 2), y[place])
            torch.testing.assert_close(loss[place], expected, **SAME)
            rms.zero_grad()
            expected.backward()
            for network, found in zip(networks(book), ours_of(gradients, ours, place), strict=True):
                wanted = {k: w.grad for k, w in network.named_parameters() if w.requires_grad}
                torch.testing.assert_close(found, wanted, **SAME)
            rms.step()
        lean.step()
    for place, book in enumerate(books):
        found = ours_of({k: w.detach() for k, w in ours.weights.items()}, ours, place)
        for network, values in zip(networks(book), found, strict=True):
            torch.testing.assert_close(values, dict(network.state_dict()), rtol=1e-7, atol=1e-9)
    assert ("v" in gradients) == ours.cfg.train_vectors


@pytest.mark.parametrize("changes", CASES[:8], ids=str)
def test_answers_stand_in_the_natural_order_of_attributes(core, tiny, changes):
    ours, (problem, maps) = core(changes), tiny
    model = Model(ours.weights, CLUSTERS, problem.class_vectors, problem.seen, ours.cfg)
    found = model.answers(maps)
    for place in (0, 1):
        book = book_of(ours, problem, place)
        with torch.no_grad():
            expected = book(torch.from_numpy(maps).double().transpose(1, 2))
        assert {(e, b) for e in expected for b in expected[e]} == set(found)
        for (expert, branch), values in found.items():
            wanted = expected[expert][branch].numpy()
            np.testing.assert_allclose(values[place], wanted, rtol=1e-5, atol=1e-6)


def test_maps_that_seeds_share_give_what_maps_of_their_own_do(core):
    ours = core()
    index = torch.tensor([[3, 1, 4]])
    shared, own = (
        outputs(ours.weights, ours.layout, ours.task.maps[i], "fp32")
        for i in (index, index.expand(2, -1))
    )
    torch.testing.assert_close(shared, own, **SAME)


@pytest.mark.parametrize("place", [0, 1])
def test_a_seed_alone_is_the_seed_in_company(core, place):
    company, alone = core(), core(seeds=(place,))
    torch.testing.assert_close({k: w[[place]] for k, w in company.weights.items()}, alone.weights)
    batch = torch.tensor([[0, 6, 11], [3, 2, 29]])
    found = [
        total(losses(each.weights, each.task, each.task.maps[i], each.task.y[i]), each.task)
        for each, i in ((company, batch), (alone, batch[[place]]))
    ]
    torch.testing.assert_close(found[0][[place]], found[1], **SAME)
