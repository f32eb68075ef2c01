"""The reconstruction losses by hand, and what the objective makes of its terms."""

import pytest
import torch

from zslcore.methods.spaen.reconstruction import image_terms, norm_error, squared_error, weighted


def test_squared_errors_are_means_per_element():
    made, target = torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4, 4)
    made[1, 0, 0, 0], target[1, 2, 3, 3] = 2.0, 1.0
    assert squared_error(made, target).tolist() == [0.0, pytest.approx(5 / 48)]


def test_norm_is_drawn_to_one_and_a_row_of_zeros_has_no_gradient():
    s = torch.tensor([[[3.0, 4.0], [0.0, 1.0], [0.0, 0.0]]], requires_grad=True)
    found = norm_error(s)
    assert found.tolist() == [[16.0, 0.0, pytest.approx(1.0)]]
    found.sum().backward()
    torch.testing.assert_close(s.grad[0], torch.tensor([[4.8, 6.4], [0.0, 0.0], [0.0, 0.0]]))


def test_images_are_compared_in_pixels_and_in_what_is_perceived(settings, float64):
    """Of a part of three images of a batch of six; the image's border does not count."""
    cfg, rng = settings(), torch.Generator().manual_seed(0)
    image, x = (torch.rand(3, 3, side, side, generator=rng) for side in (10, 6))
    maps = torch.rand(3, 5, generator=rng)

    def phi(z):
        return z.flatten(1)[:, :5] ** 2

    terms = image_terms(image, x, maps, phi, cfg)
    middle = image[..., 2:8, 2:8]
    torch.testing.assert_close(terms["pixel"], ((middle - x) ** 2).sum()[None] / (108 * 6))
    expected = ((middle.flatten(1)[:, :5] ** 2 - maps) ** 2).sum() / (5 * 6)
    torch.testing.assert_close(terms["feature"], expected[None])
    none = settings({"reconstruction.feature": 0.0})
    assert image_terms(image, x, maps, None, none).keys() == {"pixel"}
    assert image_terms(image, x, maps, phi, settings({"reconstruction.pixel": 0})).keys() == {
        "feature"
    }


@pytest.mark.parametrize(
    ("term", "weight"),
    [
        ("rank", 20.0),
        ("pixel", 1.5 * 2.0),
        ("feature", 1.5 * 3.0),
        ("norm", 2.0),
        ("adversarial", 2.0),
        ("adversarial_f", 2.0),
    ],
)
def test_every_term_has_its_weight(settings, term, weight):
    values = {name: torch.zeros(1) for name in ("rank", "pixel", "feature", "norm")}
    values |= {name: torch.zeros(1) for name in ("adversarial", "adversarial_f")}
    assert weighted(values | {term: torch.ones(1)}, settings()).tolist() == [weight]
