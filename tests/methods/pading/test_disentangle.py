"""Related and unrelated parts, eqs. 3 to 5."""

import pytest
import torch
from torch import nn
from torch.distributions import Categorical, Normal, kl_divergence
from torch.nn.functional import cross_entropy

from zslcore.methods.pading.disentangle import (
    Disentangler,
    RelationNetwork,
    candidates,
    encoder,
    moments_loss,
    reconstruction_loss,
    related_loss,
    softmax_loss,
)

SEEN = torch.tensor([True, False, True, False, True])


@pytest.fixture(autouse=True)
def _drawn(float64):
    torch.manual_seed(3)


def test_candidates_by_hand():
    y = torch.tensor([2, 1])
    t, f = True, False
    assert candidates(y, SEEN, "all").tolist() == [[t] * 5, [t] * 5]
    assert candidates(y, SEEN, "unseen").tolist() == [[t] * 5, [f, t, f, t, f]]
    assert candidates(y, SEEN, "group").tolist() == [[t, f, t, f, t], [f, t, f, t, f]]


def test_the_related_loss_is_cross_entropy_among_the_candidates():
    scores, y = torch.randn(4, 5).requires_grad_(), torch.tensor([0, 1, 3, 4])
    found = related_loss(scores, y, candidates(y, SEEN, "group"))
    expected = [
        cross_entropy(scores[i, SEEN[c] == SEEN], (SEEN[:c] == SEEN[c]).sum())
        for i, c in enumerate(y.tolist())
    ]
    torch.testing.assert_close(found, torch.stack(expected))
    found.sum().backward()
    assert scores.grad.isfinite().all()
    assert scores.grad[0, 1] == 0
    every = related_loss(scores, y, torch.ones(5, dtype=torch.bool))
    torch.testing.assert_close(every, cross_entropy(scores, y, reduction="none"))


def test_moments_are_held_against_the_standard_normal():
    x = 1.7 * torch.randn(9, 4) + torch.tensor([0.0, 1.0, -2.0, 0.3])
    fitted = Normal(x.mean(0), x.std(0, correction=0))
    torch.testing.assert_close(moments_loss(x), kl_divergence(fitted, Normal(0.0, 1.0)).sum())


def test_whitened_parts_have_no_loss():
    x = torch.randn(50, 3)
    x = (x - x.mean(0)) / x.std(0, correction=0)
    assert moments_loss(x).item() == pytest.approx(0, abs=1e-12)


def test_a_dimension_that_does_not_vary_has_a_finite_gradient():
    x = torch.ones(4, 3, requires_grad=True)
    loss = moments_loss(x)
    loss.backward()
    assert loss.isfinite()
    assert x.grad.isfinite().all()


def test_the_codes_form_has_noise_for_the_target():
    x, noise = torch.randn(4, 6), torch.randn(4, 6)
    expected = kl_divergence(Categorical(logits=noise / 0.3), Categorical(logits=x / 0.3))
    torch.testing.assert_close(softmax_loss(x, noise, 0.3), expected)
    assert softmax_loss(noise + 2, noise, 0.3).abs().max() < 1e-12


def test_reconstruction_by_hand():
    x, found = torch.tensor([[1.0, 2.0], [0.0, 0.0]]), torch.tensor([[0.0, 4.0], [0.0, -1.0]])
    assert reconstruction_loss(x, found, "sum").tolist() == [3, 1]
    assert reconstruction_loss(x, found, "mean").tolist() == [1.5, 0.5]


def test_the_network_looks_at_pairs():
    network, x, a = RelationNetwork(4), torch.randn(3, 4), torch.randn(5, 4)
    found = network(x, a)
    for i in range(3):
        for k in range(5):
            hidden = network.pair(torch.cat((x[i], a[k]))).relu()
            torch.testing.assert_close(found[i, k], network.score(hidden).sigmoid()[0])


def bent(x):
    return torch.where(x < 0, 0.2 * x, x)


def test_encoders_bend_inside_or_at_the_end():
    x = torch.randn(6, 3)
    for form in ("paper", "code"):
        made = encoder(3, 5, 2, form, 0.0)
        first, second = (each for each in made if isinstance(each, nn.Linear))
        assert (first.out_features, second.out_features) == (5, 2)
        expected = second(bent(first(x))) if form == "paper" else bent(second(first(x)))
        torch.testing.assert_close(made(x), expected)


def test_parts_and_decoder_have_the_sizes_of_their_form(settings):
    for relation, related in (("dot", 6), ("network", 8)):
        cfg = settings({"disentangle.relation": relation, "disentangle.dropout": 0.0}).disentangle
        parts, x = Disentangler(6, 8, cfg), torch.randn(5, 8)
        assert parts.related(x).shape == (5, related)
        both = torch.cat((parts.related(x), parts.unrelated(x)), 1)
        layers = [each for each in parts.decoder if isinstance(each, nn.Linear)]
        expected = bent(layers[1](bent(layers[0](both))))
        torch.testing.assert_close(parts.decoder(both), expected)
        assert (parts.network is None) == (relation == "dot")


@pytest.mark.parametrize("form", ["paper", "code"])
def test_parts_drop_out(settings, form):
    changes = {"disentangle.encoder": form, "disentangle.dropout": 0.5}
    parts, x = Disentangler(6, 8, settings(changes).disentangle), torch.randn(5, 8)
    for each in (parts.related, parts.unrelated):
        assert not torch.equal(each(x), each(x))
    both = torch.randn(5, 14)
    assert not torch.equal(parts.decoder(both), parts.decoder(both))
