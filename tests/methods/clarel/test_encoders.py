"""Captions and images as vectors: what may and what may not change them."""

import numpy as np
import pytest
import torch
from torch import nn

from zslcore.methods.clarel.embed import embed_images, embed_texts
from zslcore.methods.clarel.encoders import CnnLstm, Networks
from zslcore.methods.clarel.line import lay
from zslcore.text.vocabulary import Vocabulary

LENGTHS = np.array([6, 1, 3, 5, 2])
TIMES = np.array([1, 2, 1, 3, 1])
ONCE = np.ones(1, dtype=np.int64)

pytestmark = pytest.mark.usefixtures("float64")


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@pytest.fixture
def networks(settings):
    """`networks({...})`: in float64, for 12 words and 8 features, away from zeros and ones."""

    def made(changes=None):
        vectors = torch.randn(14, 6)
        vectors[0] = 0
        found = Networks(8, vectors, 4, False, settings(changes))
        for name, tensor in found.state_dict().items():
            if name != "words.weight":
                tensor.add_(0.2 * torch.rand_like(tensor))
        return found

    return made


def captions(lengths=LENGTHS, size=6):
    """Ids (U, size)."""
    ids = np.random.default_rng(0).integers(1, 14, (len(lengths), size))
    return ids * (np.arange(size) < lengths[:, None])


@pytest.mark.parametrize("kind", ["cnn_lstm", "bag_of_words"])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("more", [1, 2, 5])
def test_more_padding_changes_no_vector(networks, kind, training, more):
    made, ids = networks({"encoder.kind": kind}).train(training), captions()
    longer = np.pad(ids, ((0, 0), (0, more)))
    trained = [*made.encoder.parameters(), made.words.weight.requires_grad_()]
    found = [made.captions(each, LENGTHS, TIMES) for each in (ids, longer)]
    torch.testing.assert_close(*found)
    gradients = [torch.autograd.grad(each.square().sum(), trained) for each in found]
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("training", [True, False])
def test_the_order_of_captions_does_not_matter(networks, training):
    made, ids = networks({"dropout": 0.0}).train(training), captions()
    order = np.array([3, 0, 4, 1, 2])
    one = made.captions(ids, LENGTHS, TIMES)
    other = made.captions(ids[order], LENGTHS[order], TIMES[order])
    torch.testing.assert_close(other, one[order])
    share = torch.full((1, 5), 0.2)
    torch.testing.assert_close(made.texts(one[None], share), made.texts(other[None], share))


@pytest.mark.parametrize("kind", ["cnn_lstm", "bag_of_words"])
def test_captions_one_by_one_without_padding_are_those_of_the_batch(networks, kind):
    made, ids = networks({"encoder.kind": kind}).eval(), captions()
    alone = [
        made.captions(ids[u : u + 1, :size], np.array([size]), ONCE)
        for u, size in enumerate(LENGTHS.tolist())
    ]
    torch.testing.assert_close(made.captions(ids, LENGTHS, TIMES), torch.cat(alone))


def test_a_bag_of_words_is_the_mean_of_their_vectors(networks):
    made, ids = networks({"encoder.kind": "bag_of_words"}), captions()
    expected = [made.words.weight[ids[u, :n]].mean(0) for u, n in enumerate(LENGTHS)]
    torch.testing.assert_close(made.captions(ids, LENGTHS, TIMES), torch.stack(expected))


@pytest.mark.parametrize("size", [1, 2, 7, 8])
def test_both_directions_are_those_of_a_bidirectional_lstm(settings, size):
    """Caption by caption; what the blocks give is fed to PyTorch's own."""
    made, words = CnnLstm(6, settings().encoder).eval(), nn.Embedding(14, 6, padding_idx=0)
    both = nn.LSTM(8, 5, batch_first=True, bidirectional=True)
    for own, suffix in ((made.forwards, ""), (made.backwards, "_reverse")):
        for name, value in own.named_parameters():
            both.get_parameter(name + suffix).data.copy_(value)
    ids = np.random.default_rng(1).integers(1, 14, (3, size))
    line = lay(ids, np.full(3, size), np.ones(3, np.int64), settings().encoder)
    found = made(words, line)
    for u in range(3):
        x, weight = words(torch.from_numpy(ids[u])).T, torch.ones(size)
        x, weight = (nn.functional.pad(each, (0, -size % 4)) for each in (x, weight))
        for block in made.blocks:
            x, weight = block(x, weight)
        torch.testing.assert_close(found[u], both(x[:, weight > 0].T)[0].mean(0))


def test_the_forget_gates_begin_open(settings):
    made = CnnLstm(6, settings().encoder)
    for lstm in (made.forwards, made.backwards):
        bias = lstm.bias_ih_l0 + lstm.bias_hh_l0
        assert bias.tolist() == [0.0] * 5 + [1.0] * 5 + [0.0] * 10


@pytest.mark.parametrize("kind", ["cnn_lstm", "bag_of_words"])
def test_captions_encoded_once_are_those_encoded_each_time(networks, kind):
    """In training, where batch norms see them; gradients and running averages, too."""
    made = networks({"encoder.kind": kind, "dropout": 0.0}).train()
    twin = networks({"encoder.kind": kind, "dropout": 0.0}).train()
    twin.load_state_dict(made.state_dict())
    ids, towards = captions(), torch.randn(4, 7)
    places = torch.tensor([[0, 1], [3, 3], [1, 2], [3, 4]])  # TIMES counts them
    share = torch.tensor([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5]])
    once = made.texts(made.captions(ids, LENGTHS, TIMES)[places], share)
    flat, ones = places.flatten().numpy(), np.ones(8, dtype=np.int64)
    each = twin.captions(ids[flat], LENGTHS[flat], ones).reshape(4, 2, -1)
    again = twin.texts(each, share)
    torch.testing.assert_close(once, again)
    for loss in ((once * towards).sum(), (again * towards).sum()):
        loss.backward()
    gradients = [{n: p.grad for n, p in m.named_parameters()} for m in (made, twin)]
    torch.testing.assert_close(*gradients)
    torch.testing.assert_close(made.state_dict(), twin.state_dict())
    assert places.flatten().bincount().tolist() == TIMES.tolist()


def test_the_mean_over_captions_is_by_share(networks):
    made = networks({"dropout": 0.0})
    encoded = torch.randn(2, 3, 10)
    found = made.texts(encoded, torch.tensor([[0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3]]))
    placed = encoded @ made.of_text.weight.T + made.of_text.bias
    torch.testing.assert_close(found, torch.stack((placed[0, :2].mean(0), placed[1].mean(0))))


def test_dropout_is_before_both_projections(networks):
    made = networks({"dropout": 0.5}).train()
    x, encoded, share = torch.ones(200, 8), torch.ones(200, 1, 10), torch.ones(200, 1)
    for training, least, most in ((True, 20, 200), (False, 1, 1)):
        made.train(training)
        for found in (made.images(x), made.texts(encoded, share)):
            assert least <= len(found.unique(dim=0)) <= most


def test_texts_of_images_are_means_of_all_their_captions(networks, monkeypatch):
    """Against a loop over captions; encoded in blocks of three, in any order of lengths."""
    monkeypatch.setattr("zslcore.methods.clarel.embed.ROWS", 3)
    made = networks().eval()
    told = [("a b c d e f g", "a"), ("b",), ("b", "b", "c c"), ("", "g f e d")]
    vocabulary = Vocabulary.of(told, 12)
    tokens = vocabulary.encode(told, 6, "first")
    expected = []
    for image in range(4):
        of_image = []
        for row in tokens.rows(image).tolist():
            own = slice(row, row + 1)
            alone = made.captions(tokens.ids[own], tokens.lengths[own], ONCE)
            of_image.append(made.of_text(alone))
        expected.append(torch.cat(of_image).mean(0))
    found = embed_texts(made, tokens)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, torch.stack(expected).detach().numpy(), rtol=1e-5, atol=1e-6)


def test_images_are_projected_in_blocks(networks, monkeypatch):
    monkeypatch.setattr("zslcore.methods.clarel.embed.ROWS", 3)
    made = networks().eval()
    x = np.random.default_rng(0).normal(size=(7, 8)).astype(np.float32)
    weight, bias = (p.detach().numpy() for p in (made.of_image.weight, made.of_image.bias))
    expected = x @ weight.T + bias
    found = embed_images(made, x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_padding_keeps_a_vector_of_zeros_when_words_are_learned(settings):
    vectors = torch.randn(14, 6)
    vectors[0] = 0
    made = Networks(8, vectors, 4, True, settings())
    made.captions(captions(), LENGTHS, TIMES).sum().backward()
    assert not made.words.weight.grad[0].any()
    assert made.words.weight.grad[1:].any()
