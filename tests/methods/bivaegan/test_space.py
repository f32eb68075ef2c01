import pytest
import torch
import torch.nn.functional as F

from zslcore.methods.bivaegan.space import Sphere, box, unit_box


@pytest.fixture
def x(float64):
    torch.manual_seed(0)
    return 3 * torch.rand(4, 6)


def test_on_the_sphere_everything_has_length_r(x):
    space = Sphere(3.0)
    for points in (space.scale(x), space.squash(x)):
        torch.testing.assert_close(points.norm(dim=-1), torch.full((4,), 3.0))


def test_points_between_are_pulled_back_to_the_sphere(x):
    space, t = Sphere(2.0), torch.rand(4, 1)
    real, fake = space.scale(x), space.scale(x.flip(0) + 1)
    between = space.pull(real, fake, t) * (t * real + (1 - t) * fake)
    torch.testing.assert_close(between.norm(dim=-1), torch.full((4,), 2.0))
    at_the_ends = torch.stack([space.pull(real, fake, torch.full((4, 1), e)) for e in (0.0, 1.0)])
    torch.testing.assert_close(at_the_ends, torch.ones(2, 4, 1))


def test_the_box_is_that_of_the_training_images(x):
    x[:, 2] = 5.0  # never varies
    space = box(x)
    scaled = space.scale(x)
    varies = [0, 1, 3, 4, 5]
    assert (scaled[:, varies].min(0).values == 0).all()
    torch.testing.assert_close(scaled[:, varies].max(0).values, torch.ones(5))
    assert (scaled[:, 2] == 0).all()
    assert (space.pull(x, x, torch.rand(4, 1)) == 1).all()
    assert ((space.squash(x) > 0) & (space.squash(x) < 1)).all()


def test_reconstruction_is_summed_over_features(x):
    target = torch.rand(4, 6)
    pairs = list(zip(x, target, strict=True))
    sphere = Sphere(1.5).reconstruction(x, target)
    expected = [((1.5 * row / row.norm() - goal) ** 2).sum() for row, goal in pairs]
    torch.testing.assert_close(sphere, torch.stack(expected))
    boxed = unit_box(x).reconstruction(x, target)
    expected = [F.binary_cross_entropy(row.sigmoid(), g, reduction="sum") for row, g in pairs]
    torch.testing.assert_close(boxed, torch.stack(expected))
