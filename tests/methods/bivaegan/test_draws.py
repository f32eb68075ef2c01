import pytest
import torch

from zslcore.methods.bivaegan.draws import draw, jittered, sample
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run


def streams(*seeds):
    return Streams(Run(seeds=seeds or (0, 1)), 3)


def test_classes_are_drawn_as_often_as_the_prior_says():
    prior = torch.tensor([[0.7, 0.0, 0.3], [0.1, 0.2, 0.7]])
    found = sample(prior, streams(), 40, 500)
    assert found.shape == (2, 40, 500)
    shares = torch.stack([(found == c).float().mean((1, 2)) for c in range(3)], 1)
    torch.testing.assert_close(shares, prior, atol=0.01, rtol=0)  # sd 0.0035
    assert not (found[0] == 1).any()


def test_images_come_with_the_vectors_of_their_classes(players):
    p = players()
    b = draw(p.data, streams(), p.prior, 3, 20, transductive=True)
    assert b.v.shape == (2, 3, 20, 10)
    rows = (b.v[..., None, :] == p.data.x).all(-1).int().argmax(-1)
    assert torch.equal(b.a, p.data.vectors[p.data.y[rows]])
    unseen = p.data.vectors[p.data.unseen]
    assert (b.a_unseen[..., None, :] == unseen).all(-1).any(-1).all()
    assert (b.v_unseen[..., None, :] == p.data.x_unlabeled).all(-1).any(-1).all()
    assert draw(p.data, streams(), p.prior, 3, 20, transductive=False).v_unseen is None
    assert torch.equal(b.at(1).a, b.a[:, 1])


def test_every_image_is_drawn(players):
    p = players()
    b = draw(p.data, streams(), p.prior, 10, 100, transductive=True)
    for drawn, images in ((b.v, p.data.x), (b.v_unseen, p.data.x_unlabeled)):
        times = (drawn[0].flatten(0, 1)[:, None] == images).all(-1).sum(0)
        assert times.min() > 0


@pytest.mark.parametrize("share", [0.1, 1.0])
def test_jitter_raises_entries_by_at_most_its_share(share):
    a = torch.nn.functional.normalize(torch.rand(2, 50, 5) + 0.1, dim=-1)
    found = jittered(a, share, streams())
    ratio = found / a
    spread = ratio.amax(-1) / ratio.amin(-1)
    assert 1 < spread.max() <= 1 + share
    torch.testing.assert_close(found.norm(dim=-1), torch.ones(2, 50))


def test_without_jitter_nothing_is_drawn():
    one, other = streams(), streams()
    a = torch.rand(2, 3, 4)
    assert jittered(a, 0.0, one) is a
    assert torch.equal(one.uniform(3), other.uniform(3))
