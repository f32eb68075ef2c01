"""The losses of CLAREL, by hand and by their symmetries."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from zslcore.calibration.handicap import Handicap
from zslcore.methods.clarel.losses import distances, retrieval, total

SCIPY = {"euclidean": "euclidean", "squared": "sqeuclidean", "cosine": "cosine"}

pytestmark = pytest.mark.usefixtures("float64")


@pytest.fixture
def loss(settings):
    """`loss(kappa=0.5)`: settings of the loss, changed."""
    return lambda **c: settings({f"loss.{key}": value for key, value in c.items()}).loss


def pairs(count=5, size=3):
    draw = torch.Generator().manual_seed(0)
    return (torch.randn(count, size, generator=draw, requires_grad=True) for _ in range(2))


@pytest.mark.parametrize("metric", SCIPY)
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_distances_are_those_of_scipy(metric, offset):
    rng = np.random.default_rng(1)
    a, b = offset + rng.normal(size=(2, 4, 3)), offset + rng.normal(size=(2, 6, 3))
    found = distances(torch.from_numpy(a), torch.from_numpy(b), metric).numpy()
    expected = np.stack([cdist(*each, SCIPY[metric]) for each in zip(a, b, strict=True)])
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_float32_distances_keep_their_digits_far_from_the_origin():
    rng = np.random.default_rng(2)
    a, b = (1e3 + rng.normal(size=(n, 16)).astype(np.float32) for n in (4, 6))
    found = distances(torch.from_numpy(a), torch.from_numpy(b), "euclidean").numpy()
    np.testing.assert_allclose(found, cdist(a, b), rtol=1e-4)


@pytest.mark.parametrize("metric", SCIPY)
def test_retrieval_by_hand(loss, metric):
    """Each image among the texts, each text among the images."""
    z_v, z_t = pairs()
    found = retrieval(z_v, z_t, loss(metric=metric, scale=2.0))
    d = cdist(z_v.detach().numpy(), z_t.detach().numpy(), SCIPY[metric])
    likely = np.exp(-2 * d)
    tr = -np.mean([math.log(likely[i, i] / likely[i].sum()) for i in range(5)])
    ir = -np.mean([math.log(likely[i, i] / likely[:, i].sum()) for i in range(5)])
    assert abs(tr - ir) > 0.01
    assert found["text_retrieval"].item() == pytest.approx(tr)
    assert found["image_retrieval"].item() == pytest.approx(ir)


def test_two_pairs_in_numbers(loss):
    """Images at 0 and 3, texts at 1 and 5: distances 1, 5, 2, 2."""
    z_v, z_t = torch.tensor([[0.0], [3.0]]), torch.tensor([[1.0], [5.0]])
    found = retrieval(z_v, z_t, loss(scale=1.0))
    tr = (math.log1p(math.exp(1 - 5)) + math.log(2)) / 2
    ir = (math.log1p(math.exp(1 - 2)) + math.log1p(math.exp(2 - 5))) / 2
    assert found["text_retrieval"].item() == pytest.approx(tr)
    assert found["image_retrieval"].item() == pytest.approx(ir)


@pytest.mark.parametrize(
    ("lam", "kappa", "weights"),
    [
        (0.25, 0.0, (0.25, 0.75, 0.0)),
        (0.25, 0.5, (0.125, 0.375, 0.5)),
        (0.0, 0.5, (0.0, 0.5, 0.5)),
        (1.0, 0.2, (0.8, 0.0, 0.2)),
        (0.3, 1.0, (0.0, 0.0, 1.0)),
    ],
)
def test_lambda_and_kappa_weigh_the_terms(loss, lam, kappa, weights):
    names = ("text_retrieval", "image_retrieval", "classification")
    terms = dict(zip(names, torch.tensor([3.0, 5.0, 7.0]), strict=True))
    expected = sum(w * t for w, t in zip(weights, (3, 5, 7), strict=True))
    assert total(terms, loss(lam=lam, kappa=kappa)).item() == pytest.approx(expected)


def test_terms_that_are_not_there_weigh_nothing(loss):
    assert total({"classification": torch.tensor(7.0)}, loss(kappa=1.0)).item() == 7.0
    terms = {"text_retrieval": torch.tensor(3.0), "image_retrieval": torch.tensor(5.0)}
    assert total(terms, loss(kappa=0.0, lam=0.5)).item() == 4.0


@pytest.mark.parametrize("metric", SCIPY)
@pytest.mark.parametrize("lam", [0.0, 0.3, 1.0])
def test_swapping_images_and_texts_is_swapping_lambda(loss, metric, lam):
    z_v, z_t = pairs()
    one, other = (loss(lam=each, kappa=0.0, metric=metric) for each in (lam, 1 - lam))
    found = total(retrieval(z_v, z_t, one), one), total(retrieval(z_t, z_v, other), other)
    torch.testing.assert_close(*found)
    for both in (torch.autograd.grad(each, (z_v, z_t)) for each in found):
        assert all(gradient.any() for gradient in both)


@pytest.mark.parametrize("metric", SCIPY)
def test_far_apart_pairs_that_agree_cost_nothing(loss, metric):
    z = 100 * torch.eye(5)
    terms = retrieval(z, z, loss(metric=metric, scale=50.0))
    for term in terms.values():
        assert term.item() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("metric", SCIPY)
@pytest.mark.parametrize("alike", [True, False])
def test_gradients_are_finite_where_image_and_text_coincide(loss, metric, alike):
    """Each pair at a place of its own, or all of them at one."""
    z = torch.ones(4, 3) if alike else next(pairs(4)).detach()
    z_v, z_t = z.clone().requires_grad_(), z.clone().requires_grad_()
    cfg = loss(metric=metric)
    total(retrieval(z_v, z_t, cfg), cfg).backward()
    for each in (z_v, z_t):
        assert each.grad.isfinite().all()
        assert alike or each.grad.any()


@pytest.mark.parametrize("metric", SCIPY)
def test_gradients_are_those_of_finite_differences(loss, metric):
    cfg = loss(metric=metric)
    assert torch.autograd.gradcheck(lambda a, b: total(retrieval(a, b, cfg), cfg), tuple(pairs()))


@given(
    arrays(np.float64, (12, 5), elements=st.floats(0, 4).map(lambda d: round(d, 1))),
    st.lists(st.floats(-0.9, 10), min_size=2, max_size=6),
)
def test_a_larger_alpha_never_raises_s_and_never_lowers_u(d, alphas):
    """Zeros and ties included: of equal scores the first class is answered, whatever alpha."""
    y, seen = np.arange(12) % 5, np.array([True, False, True, False, True])
    before = None
    for alpha in sorted(alphas):
        handicap = Handicap("multiplicative", alpha, None, None, 0.0)
        answers = handicap.apply(-d, seen).argmax(1)
        hit = answers == y
        now = hit[seen[y]].mean(), hit[~seen[y]].mean(), seen[answers]
        if before is not None:
            assert now[0] <= before[0]
            assert now[1] >= before[1]
            assert (now[2] <= before[2]).all()
        before = now
