"""The network against least squares and a loop over images; its gate against torch's Gaussians."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from zslcore.methods.baselines.cmt import Descent, cmt, cmt_star, train

HOW = {"hidden": 8, "lr": 0.05, "decay": 1e-3, "epochs": 20, "batch_size": 16}


def target(data):
    return (data.own.double() @ data.seen_vectors).float()


def test_with_the_identity_for_tanh_it_is_least_squares(data, monkeypatch):
    monkeypatch.setattr(torch.Tensor, "tanh", lambda z: z)
    w1, w2 = train(data, Descent(hidden=8, lr=0.05, decay=0, epochs=1500, batch_size=60))
    best = torch.linalg.lstsq(data.x, target(data)).solution
    torch.testing.assert_close(w1 @ w2, torch.stack((best, best)), atol=1e-4, rtol=1e-3)


def test_training_is_that_of_the_loop_over_images(data):
    how = Descent(hidden=8, lr=0.05, decay=0.2, epochs=2, batch_size=40)
    stream = torch.Generator().manual_seed(4)
    length = np.sqrt(np.mean([float(x @ x) for x in data.x]))
    w1 = (torch.randn(9, 8, generator=stream) / length).requires_grad_()
    w2 = (torch.randn(8, 4, generator=stream) / 8**0.5).requires_grad_()
    adam = torch.optim.Adam([w1, w2])
    for lrs in ((0.05, 0.05 * 2 / 3), (0.05 / 2, 0.05 / 6)):
        order = torch.randperm(60, generator=stream)
        for lr, rows in zip(lrs, order.split(40), strict=True):
            adam.zero_grad()
            loss = how.decay / 2 * (w1.square().sum() + w2.square().sum())
            for x, s in zip(data.x[rows], target(data)[rows], strict=True):
                loss = loss + (torch.tanh(x @ w1) @ w2 - s).square().sum() / len(rows)
            loss.backward()
            adam.param_groups[0]["lr"] = lr
            adam.step()
    for ours, textbook in zip(train(data, how), (w1, w2), strict=True):
        torch.testing.assert_close(ours[1], textbook.detach(), atol=1e-4, rtol=1e-3)


def test_the_gate_shares_the_network_of_the_same_setting(data):
    network = cmt(data, **HOW)
    assert cmt_star(data, quantile=0.25, **HOW).w1 is network.w1
    assert cmt(data, **HOW | {"lr": 0.06}).w1 is not network.w1


@pytest.fixture
def gated(data):
    return cmt_star(data, quantile=0.25, **HOW)


def embedded(data, network):
    return torch.tanh(data.x @ network.w1) @ network.w2


def test_the_spread_is_the_variance_of_a_class_about_its_vector(data, gated):
    by_hand = [
        [
            (z[own] - vector).square().mean()
            for own, vector in zip(data.own.T, data.seen_vectors, strict=True)
        ]
        for z in embedded(data, gated).double()
    ]
    torch.testing.assert_close(gated.spread.double(), torch.tensor(by_hand), rtol=1e-4, atol=0)


def test_a_seen_class_is_answered_where_a_gaussian_of_one_is_dense_enough(data, gated):
    z = embedded(data, gated)[:, :, None]
    sd = gated.spread.sqrt()[:, None, :, None]
    density = Normal(data.seen_vectors.float(), sd).log_prob(z).sum(-1).amax(-1)
    answers = gated(data.x).argmax(-1)
    assert torch.equal(data.seen[answers], density > gated.threshold[:, None])


def test_the_gate_takes_the_quantile_of_the_training_images_for_unseen(data, gated):
    answers = gated(data.x).argmax(-1)
    assert (~data.seen[answers]).sum(1).tolist() == [15, 15]  # 0.25 of 60, in each seed


def test_a_handicap_of_seen_classes_is_a_threshold_of_the_gate(data, gated):
    handicapped = gated(data.x) - 1.5 * data.seen
    moved = replace(gated, threshold=gated.threshold + 1.5)(data.x)
    torch.testing.assert_close(handicapped, moved)


def test_the_gate_leaves_the_order_within_a_side_alone(data, gated):
    plain = cmt(data, **HOW)(data.x)
    for side in (data.seen, ~data.seen):
        assert torch.equal(gated(data.x)[..., side].argmax(-1), plain[..., side].argmax(-1))
