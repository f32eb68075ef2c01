import pytest
import torch
from torch import nn

from zslcore.methods.bivaegan.config import Optimizer
from zslcore.methods.bivaegan.softmax import Descent, fit
from zslcore.nn.streams import Diverged, Streams
from zslcore.runtime.run import Run

ADAM = Optimizer(lr=1e-2, beta1=0.5, beta2=0.999, weight_decay=0.0)
SEEDS = (0, 1)


def streams():
    return Streams(Run(seeds=SEEDS), 1)


@pytest.fixture
def case(float64):
    torch.manual_seed(0)
    return torch.randn(2, 20, 6), torch.arange(20) % 3


@pytest.mark.parametrize("seed", range(2))
def test_it_is_torchs_linear_layer_trained_by_torchs_adam(case, seed):
    x, y = case
    found = fit(x, y, 3, Descent(ADAM, 4, 8), streams())

    same = streams()
    layer = nn.Linear(6, 3)
    layer.weight.data = 0.02 * same.normal(6, 3)[seed].T
    layer.bias.data.zero_()
    adam = torch.optim.Adam(layer.parameters(), 1e-2, betas=(0.5, 0.999))
    for _ in range(4):
        order = same.permutations(20)[seed]
        for rows in order.split(8):
            adam.zero_grad()
            nn.functional.cross_entropy(layer(x[seed, rows]), y[rows]).backward()
            adam.step()
    torch.testing.assert_close(found.weight[seed], layer.weight.data.T)
    torch.testing.assert_close(found.bias[seed, 0], layer.bias.data)
    torch.testing.assert_close(found.logits(x)[seed], layer(x[seed]).detach())


def test_a_loss_that_is_not_finite_stops_it(case):
    x, y = case
    x[1, 3, 2] = float("inf")
    with pytest.raises(Diverged, match="not finite at step"):
        fit(x, y, 3, Descent(ADAM, 2, 8), streams())
