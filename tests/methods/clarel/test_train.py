"""One step of training: terms, learning rate, clipping, decay."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from benchmarks.clarel import repeated
from zslcore.methods.clarel.batches import Batches
from zslcore.methods.clarel.encoders import Networks
from zslcore.methods.clarel.losses import retrieval
from zslcore.methods.clarel.task import prepare
from zslcore.methods.clarel.train import (
    ALL,
    clip,
    learning_rate,
    losses,
    optimizer,
    step,
    text_embeddings,
)
from zslcore.nn.seeding import seeded
from zslcore.nn.state import State
from zslcore.runtime.run import Run
from zslcore.text.vocabulary import Vocabulary


@pytest.fixture
def ready(tiny, settings, float64):
    """`ready({...})`: new networks in float64, the task, and a batch."""

    def made(changes=None):
        cfg = settings({"dropout": 0.0, **(changes or {})})
        torch.manual_seed(0)
        vocabulary = Vocabulary.of(tiny.problem.captions, cfg.text.vocabulary)
        task = prepare(tiny.problem, vocabulary, cfg, Run())
        vectors = torch.randn(2 + len(vocabulary.words), 6)
        networks = Networks(8, vectors, 6, False, cfg)
        batch = Batches(task.tokens, task.labels, cfg.batch).draw(np.random.default_rng(0))
        return networks, task, batch

    return made


def both(networks, task, batch):
    """z_v and z_t, the latter caption by caption, one at a time, in evaluation."""
    z_v = networks.of_image(task.x[torch.from_numpy(batch.images)])
    z_t = []
    for rows, share in zip(batch.rows[batch.places], batch.share, strict=True):
        own = []
        for row in rows[share > 0].tolist():
            alone = task.tokens.ids[[row]], task.tokens.lengths[[row]], np.array([1])
            own.append(networks.of_text(networks.captions(*alone)))
        z_t.append(torch.cat(own).mean(0))
    return z_v, torch.stack(z_t)


@pytest.mark.parametrize("sample", ["replacement", "distinct", "all"])
def test_texts_of_a_batch_are_those_of_a_loop_over_captions(ready, sample):
    networks, task, batch = ready({"batch.sample": sample, "batch.images": 24})
    networks.eval()
    z_t = text_embeddings(networks, task, batch)
    # shares are float32 numbers
    torch.testing.assert_close(z_t, both(networks, task, batch)[1], rtol=1e-6, atol=1e-7)


def test_in_training_a_caption_that_is_encoded_once_counts_as_often_as_it_was_drawn(ready):
    """With batch norms over the batch; against a batch in which every caption stands alone."""
    networks, task, batch = ready({"batch.images": 24})
    assert batch.times.max() > 1
    once, each = (text_embeddings(networks, task, drawn) for drawn in (batch, repeated(batch)))
    torch.testing.assert_close(once, each)


@pytest.mark.parametrize("used", ["both", "image", "text"])
def test_terms_by_hand(ready, tiny, used):
    networks, task, batch = ready({"loss.classifiers": used})
    networks.eval()
    z_v, z_t = both(networks, task, batch)
    found = losses(networks, task, batch)
    y = torch.tensor([[0, 2, 3, 4, 7, 8].index(c) for c in tiny.problem.y[batch.images].tolist()])
    of_images = cross_entropy(networks.image_classes(z_v), y)
    of_texts = cross_entropy(networks.text_classes(z_t), y)
    expected = retrieval(z_v, z_t, task.cfg.loss)
    among = {"both": (of_images + of_texts) / 2, "image": of_images, "text": of_texts}
    expected["classification"] = among[used]
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-7)


def test_a_kappa_of_0_has_no_classifier_and_one_of_1_no_retrieval(ready):
    for kappa, names in ((0.0, {"text_retrieval", "image_retrieval"}), (1.0, {"classification"})):
        networks, task, batch = ready({"loss.kappa": kappa})
        terms = losses(networks, task, batch)
        assert terms.keys() == names
        sum(terms.values()).backward()
        heads = (networks.image_classes.weight.grad, networks.text_classes.weight.grad)
        assert all((grad is None) == (kappa == 0) for grad in heads)


def test_without_retrieval_and_text_classifier_texts_are_not_trained(ready):
    networks, task, batch = ready({"loss.kappa": 1.0, "loss.classifiers": "image"})
    losses(networks, task, batch)["classification"].backward()
    assert networks.of_image.weight.grad.any()
    texts = (*networks.encoder.parameters(), *networks.of_text.parameters())
    assert all(parameter.grad is None for parameter in texts)


def test_a_step_is_that_of_momentum_with_decay_after_clipping(ready):
    changes = {"optimizer.clip": 0.01, "optimizer.weight_decay": 0.3, "optimizer.lr": 0.2}
    networks, task, batch = ready(changes)
    networks.train()
    state = State(networks, {ALL: optimizer(networks, task.cfg.optimizer)})
    momentum = {}
    for progress, lr in ((0.0, 0.2), (0.5, 0.02)):
        before = {n: p.detach().clone() for n, p in networks.named_parameters()}
        step(state, task, batch, progress)
        for name, parameter in networks.named_parameters():
            if parameter.grad is None:
                assert name == "words.weight"
                continue
            assert parameter.grad.norm() <= 0.01 * (1 + 1e-9)
            change = parameter.grad + (0.3 if "blocks" in name else 0.0) * before[name]
            momentum[name] = 0.9 * momentum.get(name, 0) + change
            torch.testing.assert_close(parameter.detach(), before[name] - lr * momentum[name])


def test_the_objective_of_a_step_is_the_weighted_sum_of_its_terms(ready):
    """Its gradient, by autograd from the terms."""
    networks, task, batch = ready({"optimizer.clip": 0.0})  # lam 0.4, kappa 0.3
    terms = losses(networks.train(), task, batch)
    j = 0.28 * terms["text_retrieval"] + 0.42 * terms["image_retrieval"]
    j = j + 0.3 * terms["classification"]
    weights = [p for p in networks.parameters() if p.requires_grad]
    expected = torch.autograd.grad(j, weights)
    logged = step(State(networks, {ALL: optimizer(networks, task.cfg.optimizer)}), task, batch, 0.0)
    torch.testing.assert_close([p.grad for p in weights], list(expected))
    for name, term in terms.items():
        torch.testing.assert_close(logged[name], term.detach()[None])


@pytest.mark.parametrize("kind", ["sgd", "adamw"])
def test_decay_is_on_convolutions_and_their_norms_alone(ready, kind):
    networks, task, _ = ready({"optimizer.kind": kind, "optimizer.weight_decay": 0.3})
    groups = optimizer(networks, task.cfg.optimizer).param_groups
    decay = {id(p): group["weight_decay"] for group in groups for p in group["params"]}
    for name, parameter in networks.named_parameters():
        if name == "words.weight":
            assert id(parameter) not in decay
        else:
            assert decay[id(parameter)] == (0.3 if "blocks" in name else 0.0)
    assert sum(len(group["params"]) for group in groups) == len(decay)


def test_the_rate_falls_to_a_tenth_after_each_third(settings):
    cfg = settings({"optimizer.lr": 0.1}).optimizer
    rates = [learning_rate(cfg, k / 9) for k in range(9)]
    assert rates == pytest.approx([0.1] * 3 + [0.01] * 3 + [0.001] * 3)
    of_paper = [learning_rate(cfg, k / 150_000) for k in (49_999, 50_000, 99_999, 100_000)]
    assert of_paper == pytest.approx([0.1, 0.01, 0.01, 0.001])


def test_the_rate_follows_a_cosine(settings):
    cfg = settings({"optimizer.kind": "adamw", "optimizer.lr": 0.1}).optimizer
    rates = [learning_rate(cfg, k / 4) for k in range(5)]
    half = math.sqrt(0.5)
    assert rates == pytest.approx([0.1, 0.05 * (1 + half), 0.05, 0.05 * (1 - half), 0])


def test_each_tensor_is_clipped_on_its_own():
    layer = nn.Linear(2, 2)
    layer.weight.grad = torch.tensor([[3.0, 0.0], [0.0, 4.0]])
    layer.bias.grad = torch.tensor([0.3, 0.4])
    clip(layer, 1.0)
    torch.testing.assert_close(layer.weight.grad, torch.tensor([[0.6, 0.0], [0.0, 0.8]]))
    torch.testing.assert_close(layer.bias.grad, torch.tensor([0.3, 0.4]))
    clip(layer, 0.0)
    torch.testing.assert_close(layer.weight.grad, torch.tensor([[0.6, 0.0], [0.0, 0.8]]))


def test_random_numbers_are_seeded_within_and_as_before_after():
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    with seeded(torch.device("cpu"), 1):
        first = torch.rand(3)
    assert torch.equal(torch.rand(2), expected)
    with seeded(torch.device("cpu"), 1):
        assert torch.equal(torch.rand(3), first)
