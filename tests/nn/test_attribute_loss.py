import pytest
import torch

from zslcore.nn.attribute_loss import attribute_loss

PREDICTED = torch.tensor([[[1.0, 4.0], [0.0, 2.0]]])
TARGET = torch.tensor([[[-2.0, 0.0], [0.0, 1.0]]])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("l1", (7 + 1) / 2),
        ("weighted_l1", ((27 + 64) / 5 + 1) / 2),
        ("mse", (9 + 16 + 0 + 1) / 4),
    ],
)
def test_by_hand(kind, expected):
    torch.testing.assert_close(attribute_loss(PREDICTED, TARGET, kind), torch.tensor([expected]))


def test_the_weighted_gradient_is_that_of_the_formula():
    d = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)
    predicted = d[None].clone().requires_grad_()
    attribute_loss(predicted, torch.zeros(1, 3), "weighted_l1").backward()
    length = d.norm()
    expected = 3 * d * d.abs() / length - d * (d.abs() ** 3).sum() / length**3
    torch.testing.assert_close(predicted.grad[0], expected)


@pytest.mark.parametrize("kind", ["l1", "weighted_l1", "mse"])
def test_a_row_without_error_has_no_gradient(kind):
    predicted = torch.ones(2, 3).requires_grad_()
    attribute_loss(predicted, torch.ones(2, 3), kind).backward()
    assert not predicted.grad.any()
