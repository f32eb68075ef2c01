"""Primitives that attention assembles, eq. 1, step by step; and the baseline."""

import math

import pytest
import torch
from torch.nn.functional import layer_norm

from zslcore.methods.pading.generators import Gmmn, PrimitiveGenerator, build

N = 6


@pytest.fixture
def made(settings, float64):
    """`made({...})`: an untrained generator from 6 to 8 numbers, its norms away from 1 and 0."""

    def made(changes=None):
        plain = {"primitives.dropout": 0.0, "gmmn.dropout": 0.0}
        torch.manual_seed(0)
        generator = build(6, 8, settings({**plain, **(changes or {})}))
        for parameter in generator.parameters():
            if parameter.ndim == 1:
                parameter.data += 0.3 * torch.randn_like(parameter)
        return generator.requires_grad_(False)

    return made


@pytest.fixture
def asked(float64):
    """Six class vectors, in two groups."""
    torch.manual_seed(9)
    return torch.randn(N, 6), torch.tensor([1, 0, 1, 1, 0, 1])


def attended(queries, keys, mha, allowed=None):
    """Attention with its heads one by one, query by query."""
    weights, biases = mha.in_proj_weight.chunk(3), mha.in_proj_bias.chunk(3)
    q, k, v = (x @ w.T + b for x, w, b in zip((queries, keys, keys), weights, biases, strict=True))
    size, rows = q.shape[1] // mha.num_heads, []
    for i in range(len(q)):
        heads = []
        for h in range(mha.num_heads):
            part = slice(h * size, (h + 1) * size)
            use = range(len(k)) if allowed is None else allowed[i].nonzero().flatten().tolist()
            logits = torch.stack([q[i, part] @ k[j, part] for j in use]) / math.sqrt(size)
            share = (logits - logits.max()).exp()
            share = share / share.sum()
            heads.append(sum(s * v[j, part] for s, j in zip(share, use, strict=True)))
        rows.append(torch.cat(heads))
    return torch.stack(rows) @ mha.out_proj.weight.T + mha.out_proj.bias


def normed(x, norm):
    return layer_norm(x, (8,), norm.weight, norm.bias)


def affine(x, layer):
    return x @ layer.weight.T + layer.bias


def by_hand(g, a, group, cfg, noise):
    """The whole generator, as the settings' comments describe it."""
    start = q = affine(a, g.project)
    p, own = g.primitives, group[:, None] == group
    noise = iter(noise)
    for number, (look, end) in enumerate(zip(g.looks, g.ends, strict=True)):
        if cfg.self_attention == "primitives":
            p = normed(p + attended(p, p, look.among), look.norm)
        else:
            q = normed(q + attended(q, q, look.among, own), look.norm)
        found = attended(q, p, look.across)
        if cfg.combine == "code":
            q = normed(q + found + cfg.noise * next(noise), end.norms[0])
            inner = affine(q, end.widen).clamp_min(0)
            q = normed(q + affine(inner, end.narrow), end.norms[1])
        elif number < cfg.layers - 1:
            q = normed(q + found, end.norm)
        else:
            q = affine(found + start + cfg.noise * next(noise), end.w1)
    return normed(q, g.norm) if cfg.combine == "code" else q


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("combine", ["paper", "code"])
@pytest.mark.parametrize("self_attention", ["primitives", "queries"])
def test_it_is_that_of_loops_over_heads(made, asked, settings, self_attention, combine, layers):
    changes = {
        "primitives.self_attention": self_attention,
        "primitives.combine": combine,
        "primitives.layers": layers,
        "primitives.noise": 0.7,
        "primitives.dropout": 0.0,
    }
    generator = made(changes)
    torch.manual_seed(4)
    found = generator(*asked)
    torch.manual_seed(4)
    noise = [torch.randn(N, 8) for _ in range(layers if combine == "code" else 1)]
    cfg = settings(changes).primitives
    torch.testing.assert_close(found, by_hand(generator, *asked, cfg, noise))


@pytest.mark.parametrize("combine", ["paper", "code"])
def test_the_order_of_primitives_does_not_matter(made, asked, combine):
    generator = made({"primitives.combine": combine, "primitives.noise": 0.0})
    before = generator(*asked)
    generator.primitives.data = generator.primitives[[3, 1, 4, 0, 2]]
    torch.testing.assert_close(generator(*asked), before)


def test_embeddings_depend_on_their_group_alone_and_only_if_queries_attend(made, asked):
    a, group = asked
    other, first = a.clone(), group == 1
    other[1] += 1  # of group 0
    for mode in ("primitives", "queries"):
        generator = made({"primitives.self_attention": mode, "primitives.noise": 0.0})
        plain, changed = generator(a, group), generator(other, group)
        torch.testing.assert_close(changed[first], plain[first])
        assert torch.allclose(changed[4], plain[4]) == (mode == "primitives")
        torch.testing.assert_close(generator(a.flip(0), group.flip(0)).flip(0), plain)
        alone = generator(a[first], group[first])
        torch.testing.assert_close(alone, plain[first])


def test_dropout_is_in_all_attention_and_thrice_in_a_block(made, asked):
    generator, dropped = made({"primitives.combine": "code", "primitives.dropout": 0.5}), []
    for look, end in zip(generator.looks, generator.ends, strict=True):
        assert (look.among.dropout, look.across.dropout) == (0.5, 0.5)
        end.dropout.register_forward_hook(lambda module, x, y: dropped.append(tuple(y.shape)))
    generator(*asked)
    assert dropped == 2 * [(N, 8), (N, 12), (N, 8)]


@pytest.mark.parametrize("kind", ["primitives", "gmmn"])
def test_every_embedding_has_noise_of_its_own(made, kind):
    generator = made({"generator": kind})
    same = torch.ones(5, 6)
    found = generator(same, torch.zeros(5))
    assert torch.pdist(found).min() > 1e-3
    assert not torch.equal(generator(same, torch.zeros(5)), found)


@pytest.mark.parametrize("combine", ["paper", "code"])
def test_without_noise_and_dropout_it_is_a_function(made, asked, combine):
    plain = {"primitives.noise": 0.0, "primitives.combine": combine}
    generator = made(plain)
    assert torch.equal(generator(*asked), generator(*asked))
    dropping = made({**plain, "primitives.dropout": 0.5})
    assert not torch.equal(dropping(*asked), dropping(*asked))


def test_the_baseline_is_two_layers_on_class_vector_and_noise(made, asked):
    generator = made({"generator": "gmmn"})
    torch.manual_seed(4)
    found = generator(*asked)
    torch.manual_seed(4)
    first, _, _, last = generator.layers
    hidden = affine(torch.cat((asked[0], torch.randn(N, 3)), 1), first)
    assert (hidden < 0).any()
    expected = affine(torch.where(hidden < 0, 0.2 * hidden, hidden), last)
    torch.testing.assert_close(found, expected)


def test_the_baseline_starts_within_xaviers_bounds(settings):
    cfg = settings({"gmmn.hidden": 40, "gmmn.noise": 10}).gmmn
    generator = Gmmn(10, 30, cfg)
    for layer, ends in ((generator.layers[0], 60), (generator.layers[3], 70)):
        bound = math.sqrt(6 / ends)
        assert 0.9 * bound < layer.weight.abs().max() <= bound
        assert torch.all(layer.bias == 0.01)


def test_primitives_are_as_many_as_configured(settings):
    generator = PrimitiveGenerator(6, 8, settings({"primitives.count": 9}).primitives)
    assert generator.primitives.shape == (9, 8)
    assert len(generator.looks) == 2


def test_heads_that_do_not_divide_an_embedding_are_named(settings):
    with pytest.raises(ValueError, match="heads is 3, an embedding has 8 numbers: choose a div"):
        build(6, 8, settings({"primitives.heads": 3}))


@pytest.mark.parametrize("kind", ["none", "projection"])
def test_some_settings_ask_for_no_generator(settings, kind):
    assert build(6, 8, settings({"generator": kind})) is None
