"""Relations of embeddings and of classes, eq. 6."""

import pytest
import torch
from torch.distributions import Categorical, kl_divergence
from torch.nn.functional import cosine_similarity

from zslcore.methods.pading.alignment import alignment_loss, cosines

SEEN = 4


@pytest.fixture
def batch(float64):
    """Four embeddings of seen classes, three of unseen ones."""
    torch.manual_seed(2)
    return torch.randn(7, 5), torch.randn(7, 3)


def by_rows(visual, semantic, tau, direction):
    """Row by row and cosine by cosine."""

    def row(x, i, columns):
        return Categorical(
            logits=torch.stack([cosine_similarity(x[i], x[j], dim=0) / tau for j in columns])
        )

    seen, unseen, terms = range(SEEN), range(SEEN, 7), []
    for rows, columns in ((seen, seen), (unseen, unseen), (seen, unseen)):
        each = []
        for i in rows:
            v, s = row(visual, i, columns), row(semantic, i, columns)
            each.append(kl_divergence(v, s) if direction == "paper" else kl_divergence(s, v))
        terms.append(sum(each) / len(each))
    return sum(terms) / 3


@pytest.mark.parametrize("direction", ["paper", "code"])
def test_it_is_that_of_torchs_distributions(batch, direction):
    found = alignment_loss(*batch, SEEN, 0.3, direction)
    torch.testing.assert_close(found, by_rows(*batch, 0.3, direction))


def test_directions_differ(batch):
    paper, code = (alignment_loss(*batch, SEEN, 0.3, d).item() for d in ("paper", "code"))
    assert paper != pytest.approx(code, rel=0.01)


@pytest.mark.parametrize("direction", ["paper", "code"])
def test_equal_relations_have_no_loss(batch, direction):
    """Turned, longer, and in more dimensions: cosines are the same."""
    semantic = batch[1]
    turn = torch.linalg.qr(torch.randn(5, 5))[0][:3]
    visual = (semantic @ turn * torch.rand(7, 1).add(0.5)).requires_grad_()
    loss = alignment_loss(visual, semantic, SEEN, 0.1, direction)
    assert loss.item() == pytest.approx(0, abs=1e-12)
    loss.backward()
    assert visual.grad.abs().max() < 1e-10


def test_order_within_a_group_does_not_matter_but_which_group_does(batch):
    visual, semantic = batch
    loss = alignment_loss(visual, semantic, SEEN, 0.2, "paper")
    order = torch.tensor([3, 1, 0, 2, 6, 4, 5])
    same = alignment_loss(visual[order], semantic[order], SEEN, 0.2, "paper")
    torch.testing.assert_close(same, loss)
    mixed = order.flip(0)
    other = alignment_loss(visual[mixed], semantic[mixed], SEEN, 0.2, "paper")
    assert not torch.isclose(other, loss)


def test_an_embedding_of_length_0_has_finite_gradients(batch):
    visual = batch[0].clone()
    visual[1] = 0
    loss = alignment_loss(visual.requires_grad_(), batch[1], SEEN, 0.1, "paper")
    loss.backward()
    assert visual.grad.isfinite().all()


def test_cosines_are_those_of_torch(batch):
    x = batch[0]
    torch.testing.assert_close(cosines(x), cosine_similarity(x[:, None], x[None], dim=2))
