"""The terms of eq. 7 and the classifier's loss, put together from their parts."""

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy

from zslcore.methods.pading.alignment import alignment_loss
from zslcore.methods.pading.batches import Batches
from zslcore.methods.pading.disentangle import (
    candidates,
    moments_loss,
    reconstruction_loss,
    related_loss,
    softmax_loss,
)
from zslcore.methods.pading.mmd import generator_loss
from zslcore.methods.pading.objective import (
    classifier_terms,
    conditioning_loss,
    generator_terms,
    regularised,
    total,
)
from zslcore.methods.pading.regularisers import of_both, projected, regularisers
from zslcore.methods.pading.task import Task

CODE = {
    "inputs": "fake",
    "disentangle.relation": "network",
    "disentangle.candidates": "unseen",
    "disentangle.unrelated": "softmax",
    "disentangle.reconstruction": "mean",
    "align.direction": "code",
    "align.target": "projected",
}

QUERIES = {"primitives.self_attention": "queries"}


def drawn(made):
    torch.manual_seed(1)
    index = Batches(made.task)()
    return made.task.x[index].double(), made.task.y[index]


def terms_of(made, real, y):
    torch.manual_seed(7)
    return generator_terms(made.networks, made.task, real, y)


def halves(values, seen):
    return (values[seen].mean() + values[~seen].mean()) / 2


@pytest.mark.parametrize("changes", [{}, {"generator": "gmmn"}, {"inputs": "fake"}, QUERIES, CODE])
def test_terms_are_those_of_their_parts(core, changes):
    made = core(changes)
    (task, networks, cfg), (real, y) = (made.task, made.networks, made.cfg), drawn(made)
    found = terms_of(made, real, y)
    torch.manual_seed(7)
    asked = torch.cat((y.flatten(), torch.tensor([2, 5])))
    fake = networks.generator(task.vectors[asked], task.seen[asked])
    own = fake[:12].view(3, 4, 8)
    expected = {"mmd": generator_loss(real, own, cfg.mmd)}
    expected["conditioning"] = conditioning_loss(networks.head, fake[:12], asked[:12], task.seen)
    x, of, seen = fake, asked, 12
    if cfg.inputs == "both":
        x, of, seen = torch.cat((real.flatten(0, 1), fake)), torch.cat((asked[:12], asked)), 24
    parts, a, is_seen = networks.disentangler, task.vectors, torch.arange(len(x)) < seen
    hat, rest = parts.related(x), parts.unrelated(x)
    code = cfg.disentangle.relation == "network"
    target = networks.generator.project(a) if code else a
    scores = parts.network(hat, target) if code else hat @ a.T / 0.2
    among = candidates(of, task.seen, cfg.disentangle.candidates)
    expected["related"] = halves(related_loss(scores, of, among), is_seen)
    noise = torch.randn_like(rest)
    expected["unrelated"] = (
        halves(softmax_loss(rest, noise, 0.2), is_seen) if code else moments_loss(rest)
    )
    rebuilt = parts.decoder(torch.cat((hat, rest), 1))
    error = reconstruction_loss(x, rebuilt, cfg.disentangle.reconstruction)
    expected["reconstruction"] = halves(error, is_seen)
    expected["alignment"] = alignment_loss(hat, target[of], seen, 0.2, cfg.align.direction)
    assert found.keys() == expected.keys()
    for name, term in expected.items():
        torch.testing.assert_close(found[name], term.view(1), msg=name)


def test_without_a_disentangler_embeddings_themselves_are_aligned(core):
    made = core({"disentangle.use": False})
    real, y = drawn(made)
    found = terms_of(made, real, y)
    assert found.keys() == {"mmd", "conditioning", "alignment"}
    torch.manual_seed(7)
    asked = torch.cat((y.flatten(), torch.tensor([2, 5])))
    fake = made.networks.generator(made.task.vectors[asked], made.task.seen[asked])
    x, of = torch.cat((real.flatten(0, 1), fake)), torch.cat((asked[:12], asked))
    expected = alignment_loss(x, made.task.vectors[of], 24, 0.2, "paper")
    torch.testing.assert_close(found["alignment"][0], expected)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"disentangle.use": False, "align.weight": 0.0, "conditioning": 0.0}, {"mmd"}),
        ({"lam": 0.0}, {"mmd", "conditioning"}),
        (
            {"align.weight": 0.0},
            {"mmd", "conditioning", "related", "unrelated", "reconstruction"},
        ),
    ],
)
def test_terms_without_weight_are_not_computed(core, changes, names):
    made = core(changes)
    assert terms_of(made, *drawn(made)).keys() == names
    assert regularised(made.cfg) == (len(names) > 2)


def test_unseen_classes_are_not_generated_where_nothing_shapes_them(core, monkeypatch):
    asked = []
    for changes, extra in (({}, 2), ({"lam": 0.0}, 0)):
        made = core(changes)
        forward = made.networks.generator.forward
        made.networks.generator.forward = lambda a, g, f=forward: asked.append(len(a)) or f(a, g)
        terms_of(made, *drawn(made))
        assert asked.pop() == 12 + extra


def test_the_objective_weights_its_terms(settings):
    names = ("mmd", "conditioning", "related", "unrelated", "reconstruction", "alignment")
    cfg = settings()
    for name, expected in zip(names, (1, 0.1, 0.1, 0.15, 0.2, 0.25), strict=True):
        terms = {other: torch.tensor([float(other == name)]) for other in names}
        assert total(terms, cfg).tolist() == pytest.approx([expected])


def test_seen_and_unseen_embeddings_count_the_same():
    values, seen = torch.tensor([1.0, 2.0, 3.0, 10.0]), torch.tensor([True, True, True, False])
    assert of_both(values, seen).item() == 6


def test_class_vectors_get_no_gradient_as_raw_targets_and_projected_ones_do(core):
    for target, moved in (("raw", False), ("projected", True)):
        made = core({"align.target": target, "disentangle.use": False})
        x, y = torch.randn(10, 8), torch.tensor([0, 1, 3, 4, 0, 1, 3, 4, 2, 5])
        terms = regularisers(made.networks, made.task, x.requires_grad_(), y)
        terms["alignment"].backward()
        gradients = [p.grad for p in made.networks.generator.parameters()]
        assert any(g is not None and g.any() for g in gradients) == moved
        assert x.grad.any()
        assert not made.task.vectors.requires_grad


def test_every_network_gets_a_gradient_from_its_terms(core):
    for changes in ({}, CODE):
        made = core(changes)
        total(terms_of(made, *drawn(made)), made.cfg).sum().backward()
        for name, parameter in made.networks.named_parameters():
            idle = name.startswith("head.")
            assert (parameter.grad is None) == idle, name
            assert idle or parameter.grad.isfinite().all()


@pytest.mark.parametrize(
    ("term", "parts"),
    [
        ("related", {"related"}),
        ("unrelated", {"unrelated"}),
        ("reconstruction", {"related", "unrelated", "decoder"}),
        ("alignment", {"related"}),
    ],
)
def test_terms_train_their_own_parts_and_the_generator(core, term, parts):
    made = core()
    terms_of(made, *drawn(made))[term].sum().backward()
    for name in ("related", "unrelated", "decoder"):
        weights = getattr(made.networks.disentangler, name).parameters()
        assert all((weight.grad is not None) == (name in parts) for weight in weights), name
    assert made.networks.generator.primitives.grad.any()


def test_conditioning_is_cross_entropy_among_seen_classes(core):
    made = core()
    torch.nn.init.normal_(made.networks.head.weight)
    y, x = torch.tensor([0, 6, 4]), torch.randn(3, 8, requires_grad=True)
    found = conditioning_loss(made.networks.head, x, y, made.task.seen)
    logits = made.networks.head(x)[:, [0, 1, 3, 4, 6]]
    torch.testing.assert_close(found, cross_entropy(logits, torch.tensor([0, 4, 3])))
    found.backward()
    assert x.grad.isfinite().all()
    assert made.networks.head.weight.grad is None


@pytest.fixture
def sparse(tiny):
    """One segment, one of no object, one unseen class: what is drawn is known."""
    s = tiny.segments
    seen = s.seen.copy()
    seen[2] = True
    return replace(s, x=s.x[:1], y=s.y[:1], unmatched=s.unmatched[:1], seen=seen)


def test_the_classifiers_loss_is_weighted_by_class(core, sparse):
    made = core({"primitives.noise": 0.0}, sparse)
    head, task = made.networks.head, made.task
    fake = made.networks.generator(task.vectors[[5]], task.seen[[5]])
    logits = head(torch.cat((task.x.double(), task.unmatched.double(), fake)))
    each = cross_entropy(logits, torch.tensor([task.y[0], 7, 5]), reduction="none")
    weight = torch.tensor([12 * 1.0, 10 * 0.1, 5 * 2.0])  # how many, times how much
    found = classifier_terms(made.networks, task)
    assert found.keys() == {"classification"}
    torch.testing.assert_close(found["classification"], (weight @ each / weight.sum())[None])


def test_the_classifier_sees_all_embeddings_some_at_a_time(core, monkeypatch):
    made, seen = core(), {"x": [], "unmatched": []}
    real = Task.embeddings

    def embeddings(task, of, index):
        seen["x" if of is task.x else "unmatched"].append(index)
        return real(task, of, index)

    monkeypatch.setattr(Task, "embeddings", embeddings)
    for _ in range(30):
        classifier_terms(made.networks, made.task)
    for name, size, rows in (("x", 12, 32), ("unmatched", 10, 20)):
        assert all(index.shape == (size,) for index in seen[name])
        assert set(torch.cat(seen[name]).tolist()) == set(range(rows))


def test_the_classifier_is_not_trained_through_the_generator(core):
    made = core()
    classifier_terms(made.networks, made.task)["classification"].sum().backward()
    for name, parameter in made.networks.named_parameters():
        assert (parameter.grad is None) == (not name.startswith("head.")), name


def test_a_projection_is_trained_on_real_embeddings_alone(core, sparse):
    made = core({"generator": "projection"}, sparse)
    task, head = made.task, made.networks.head
    logits = head(torch.cat((task.x, task.unmatched)).double())
    each = cross_entropy(logits, torch.tensor([task.y[0], 7]), reduction="none")
    expected = (12 * each[0] + each[1]) / 13
    found = classifier_terms(made.networks, task)["classification"]
    torch.testing.assert_close(found, expected[None])


def test_projected_class_vectors_are_those_that_primitives_are_asked_with(core):
    made = core()
    layer = made.networks.generator.project
    expected = made.task.vectors @ layer.weight.T + layer.bias
    torch.testing.assert_close(projected(made.networks, made.task), expected)
    assert isinstance(made.task.vectors, torch.Tensor)
    torch.testing.assert_close(made.task.vectors.norm(dim=1), torch.ones(7))


def test_vectors_are_of_unit_length_only_if_asked(core, tiny):
    made = core({"normalise": False})
    assert torch.equal(made.task.vectors.float(), torch.from_numpy(tiny.segments.class_vectors))
