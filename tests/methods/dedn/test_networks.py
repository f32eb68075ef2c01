"""Rows of experts and clusters, and the parameters behind them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from zslcore.methods.dedn.layout import lay_out
from zslcore.methods.dedn.networks import build, outputs, projected
from zslcore.methods.dedn.task import signatures
from zslcore.methods.dedn.train import losses, total
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run


def test_attributes_stand_cluster_by_cluster_in_both_experts(settings, clusters):
    found = lay_out(clusters, settings())
    assert found.order.tolist() == [1, 3, 6, 0, 4, 5, 2]
    assert found.groups == (slice(0, 7), slice(7, 10), slice(10, 13), slice(13, 14))
    assert found.rows == 14
    assert (found.of_expert("coarse"), found.of_expert("fine")) == (slice(0, 7), slice(7, 14))


@pytest.mark.parametrize(
    ("expert", "groups"),
    [("coarse", (slice(0, 7),)), ("fine", (slice(0, 3), slice(3, 6), slice(6, 7)))],
)
def test_an_expert_alone_has_its_own_groups(settings, clusters, expert, groups):
    found = lay_out(clusters, settings({"experts": expert}))
    assert found.groups == groups
    assert found.experts == (expert,)
    assert (found.rows, found.of_expert(expert)) == (7, slice(0, 7))


def test_scores_begin_normal_and_attention_uniform(settings, clusters):
    layout = lay_out(clusters, settings())
    vectors = torch.randn(7, 40, generator=torch.Generator().manual_seed(0))
    w = build(layout, vectors, (30, 50), 0, Streams(Run(seeds=(0, 1))))
    assert {k: tuple(x.shape) for k, x in w.items()} == {
        "v": (2, 14, 40),
        **dict.fromkeys(("w1", "w2"), (2, 4, 40, 50)),
        **dict.fromkeys(("w3", "w4"), (2, 4, 40, 30)),
    }
    for name in ("w1", "w3"):
        assert w[name].mean().abs() < 0.02
        assert w[name].std().item() == pytest.approx(1, abs=0.02)
        assert len(w[name].unique()) > 0.99 * w[name].numel()
    assert not w["w2"].any()
    assert not w["w4"].any()
    unit = vectors / vectors.norm(dim=1, keepdim=True)
    for seed in range(2):
        torch.testing.assert_close(w["v"][seed], unit[layout.order].repeat(2, 1))


def test_with_a_rank_the_first_matrix_has_two_normal_factors(settings, clusters):
    layout = lay_out(clusters, settings())
    w = build(layout, torch.randn(7, 40), (30, 50), 8, Streams(Run()))
    assert (w["w1"].shape, w["w1_right"].shape) == ((1, 4, 40, 8), (1, 4, 8, 50))
    for name in ("w1", "w1_right"):
        assert w[name].std().item() == pytest.approx(1, abs=0.1)
    rows = projected(w, layout, "w1")
    assert rows.shape == (1, 14, 50)
    torch.testing.assert_close(rows[0, 13], w["v"][0, 13] @ w["w1"][0, 3] @ w["w1_right"][0, 3])


@pytest.mark.parametrize(
    ("branches", "names"), [("region", {"v", "w1", "w2"}), ("channel", {"v", "w3", "w4"})]
)
def test_a_branch_alone_has_no_parameters_of_the_other(settings, clusters, branches, names):
    layout = lay_out(clusters, settings({"branches": branches}))
    assert set(build(layout, torch.randn(7, 4), (3, 5), 0, Streams(Run()))) == names


def test_the_answer_to_an_attribute_is_that_of_its_own_sub_network(core):
    ours = core(seeds=(0,))
    for weight in ours.weights.values():
        weight.requires_grad_()
    o = outputs(ours.weights, ours.layout, ours.task.maps[torch.tensor([[0, 7]])], "fp32")
    for row in range(ours.layout.rows):
        owner = next(q for q, g in enumerate(ours.layout.groups) if g.start <= row < g.stop)
        for branch, kinds in (("region", ("w1", "w2")), ("channel", ("w3", "w4"))):
            wanted = [ours.weights["v"], *(ours.weights[k] for k in kinds)]
            v, *found = torch.autograd.grad(o[branch][..., row].sum(), wanted, retain_graph=True)
            assert v.abs().sum(2).nonzero().tolist() == [[0, row]]
            for each in found:
                assert each.abs().sum((0, 2, 3)).nonzero().flatten().tolist() == [owner]


def test_a_zero_attribute_vector_and_an_empty_region_do_no_harm(core, tiny):
    vectors = tiny[0].attribute_vectors.copy()
    vectors[3] = 0
    ours = core(problem=replace(tiny[0], attribute_vectors=vectors))
    at_start = build(ours.layout, ours.vectors, ours.task.maps.shape, 0, Streams(ours.run))
    zero = [i for i, attribute in enumerate(np.tile(ours.layout.order, 2)) if attribute == 3]
    assert not at_start["v"][:, zero].any()
    assert at_start["v"].isfinite().all()
    for weight in at_start.values():
        weight.requires_grad_()
    batch = torch.tensor([[0, 7], [3, 3]])
    maps = ours.task.maps[batch]
    maps[:, 0, 2] = 0
    loss = total(losses(at_start, ours.task, maps, ours.task.y[batch]), ours.task)
    loss.sum().backward()
    assert loss.isfinite().all()
    assert all(weight.grad.isfinite().all() for weight in at_start.values())
    assert at_start["v"].grad[:, zero].any()  # such a row is trained as any other


def test_class_vectors_have_unit_length_in_the_order_of_the_rows(settings, clusters, tiny):
    layout, vectors = lay_out(clusters, settings()), tiny[0].class_vectors.copy()
    vectors[4] = 0
    found = signatures(vectors, layout)
    np.testing.assert_allclose(np.delete((found**2).sum(1), 4), 1, rtol=1e-6)
    assert not found[4].any()
    np.testing.assert_allclose(
        found[0] * np.linalg.norm(vectors[0]), vectors[0][layout.order], rtol=1e-6
    )


def test_a_cluster_without_an_attribute_is_named(settings):
    with pytest.raises(ValueError, match="cluster 1 of 3 has no attribute"):
        lay_out(np.array([0, 2, 0]), settings())
