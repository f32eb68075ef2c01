"""The minibatch trainer against each paper's loss, image by image."""

import pytest
import torch

from zslcore.methods.baselines import ranking
from zslcore.methods.baselines.method import BASELINES
from zslcore.methods.baselines.ranking import Descent
from zslcore.nn.streams import Diverged, Streams
from zslcore.runtime.run import Run

N, D, A, MATRICES = 60, 9, 4, 3


def devise(scores, y, margin, drawn):
    return sum(hinge for _, hinge in wrong(scores, y, margin))


def ale(scores, y, margin, drawn):
    hinges = [hinge for _, hinge in wrong(scores, y, margin) if hinge > 0]
    beta = sum(1 / i for i in range(1, len(hinges) + 1))
    return beta / max(len(hinges), 1) * sum(hinges)


def sje(scores, y, margin, drawn):
    return max(hinge for _, hinge in wrong(scores, y, margin))


def latem(scores, y, margin, drawn):
    return dict(wrong(scores, y, margin))[drawn]


def wrong(scores, y, margin):
    """Each wrong class and its hinge."""
    return [(c, (margin + s - scores[y]).clamp(min=0)) for c, s in enumerate(scores) if c != y]


def by_hand(data, loss, how, seed):
    """The same draws as the trainer's, then autograd through a loop over images."""
    stream = torch.Generator().manual_seed(seed)
    weight = (torch.randn(how.matrices, D, A, generator=stream) / D**0.5).requires_grad_()
    for epoch in range(how.epochs):
        order = torch.randperm(N, generator=stream)
        for start in range(0, N, how.batch_size):
            rows = order[start : start + how.batch_size]
            lots = torch.rand(len(rows), 5, generator=stream) if loss is latem else rows
            total = batch_loss(data, loss, how, weight, rows, lots)
            lr = how.lr * (1 - (epoch + start / N) / how.epochs)
            (gradient,) = torch.autograd.grad(total, weight)
            weight = (weight - lr * gradient).detach().requires_grad_()
    return weight.detach()


def batch_loss(data, loss, how, weight, rows, lots):
    total = torch.tensor(0.0)
    for row, lot in zip(rows, lots, strict=True):
        y = int(data.own[row].nonzero())
        scores = [max(data.x[row] @ w @ s for w in weight) for s in data.seen_vectors.float()]
        others = [c for c in range(5) if c != y]
        drawn = max(others, key=lambda c, lot=lot: lot[c]) if loss is latem else None
        total = total + loss(torch.stack(scores), y, how.margin, drawn) / len(rows)
    return total


@pytest.mark.parametrize("loss", [devise, ale, sje, latem])
def test_training_is_that_of_the_loop_over_images(data, loss):
    setting = {"lr": 0.3, "margin": 0.7, "epochs": 2, "batch_size": 40}
    if loss is latem:
        setting["matrices"] = MATRICES
    textbook = [by_hand(data, loss, Descent(**setting), seed) for seed in data.run.seeds]
    trained = BASELINES[loss.__name__](data, **setting)
    torch.testing.assert_close(trained.weight, torch.stack(textbook) @ data.vectors.float().T)


def test_the_reported_loss_is_the_one_that_is_descended(data):
    streams = Streams(Run(seeds=(3,)))
    weight = streams.normal(1, D, A)
    how = Descent(lr=0.3, margin=0.7, epochs=1, batch_size=N)
    textbook = batch_loss(data, ale, how, weight[0], range(N), range(N))
    scores = data.x[None, None] @ weight @ data.seen_vectors.float().T
    loss, _ = ranking.margin_loss(scores, data.own[None], 0.7, ranking.by_rank, streams)
    assert loss.item() == pytest.approx(textbook.item())


def test_ale_weights_by_the_rank_of_the_own_class():
    violation = torch.tensor([[0.5, -torch.inf, 0.1, -0.2, 2.0], [-1.0, -2.0, -torch.inf, 0, -1]])
    three = (1 + 1 / 2 + 1 / 3) / 3
    expected = torch.tensor([[three, 0, three, 0, three], [0.0, 0, 0, 0, 0]])
    torch.testing.assert_close(ranking.by_rank(violation[None], None), expected[None])


def test_latem_draws_every_wrong_class_equally_often_and_never_the_own():
    violation = torch.ones(1, 6000, 4)
    violation[..., 2] = -torch.inf
    often = ranking.drawn(violation, Streams(Run(seeds=(0,)))).sum((0, 1))
    assert often[2] == 0
    # 2000 expected of each, standard deviation 37
    torch.testing.assert_close(often[[0, 1, 3]], torch.full((3,), 2000.0), atol=150, rtol=0)


@pytest.mark.parametrize("weigh", [ranking.each, ranking.by_rank, ranking.worst, ranking.drawn])
def test_images_that_keep_the_margin_teach_nothing(weigh):
    own = torch.eye(4, dtype=torch.bool)[None]
    scores = 5.0 * own[:, None]
    loss, slope = ranking.margin_loss(scores, own, 1.0, weigh, Streams(Run()))
    assert loss.item() == 0
    assert not slope.any()


def test_divergence_names_the_step(data):
    how = Descent(lr=1e38, margin=1.0, epochs=3, batch_size=20)
    with pytest.raises(Diverged, match=r"not finite at step \d of 9"):
        ranking.train(data, ranking.each, how)
