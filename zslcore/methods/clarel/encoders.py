"""Images and captions into one space: f_phi and f_theta."""

import torch
from torch import Tensor, nn

from zslcore.methods.clarel.config import Config, Encoder
from zslcore.methods.clarel.masked import Block


class CnnLstm(nn.Module):
    """Residual convolutions, a bidirectional LSTM, the mean over time (CLAREL, section 2; code).

    Args:
        inputs: size of the word vectors.
        cfg: widths, kernel, units.
    """

    def __init__(self, inputs: int, cfg: Encoder) -> None:
        super().__init__()
        sizes = (inputs, *cfg.widths)
        self.blocks = nn.ModuleList(
            Block(c, width, cfg.kernel) for c, width in zip(sizes[:-1], cfg.widths, strict=True)
        )
        self.forwards, self.backwards = (
            _lstm(cfg.widths[-1], cfg.units) for _ in ("forwards", "backwards")
        )
        self.outputs = 2 * cfg.units

    def forward(self, words: Tensor, lengths: Tensor, times: Tensor) -> Tensor:
        """Vectors of captions, (U, outputs).

        Args:
            words: word vectors (U, L, G).
            lengths: words of each caption, (U,), at least 1.
            times: how often each caption stands in the batch, (U,), for the batch norms.
        """
        weight = _mask(lengths, words.shape[1]) * times[:, None].to(words)
        x, weight = words.mT * (weight > 0)[:, None], weight[:, None]
        for block in self.blocks:
            x, weight = block(x, weight)
        mask = (weight > 0).mT  # (U, L', 1)
        x, lengths = x.mT, mask.sum((1, 2))
        onwards, _ = self.forwards(x)
        order = _reversed(lengths, x.shape[1])
        back, _ = self.backwards(_take(x, order))
        both = torch.cat((onwards, _take(back, order)), 2) * mask
        return both.sum(1) / lengths[:, None]


class BagOfWords(nn.Module):
    """The mean of the word vectors.

    Args:
        inputs: size of the word vectors.
    """

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.outputs = inputs

    def forward(self, words: Tensor, lengths: Tensor, times: Tensor) -> Tensor:
        """As of `CnnLstm`."""
        mask = _mask(lengths, words.shape[1])[..., None]
        return (words * mask).sum(1) / lengths[:, None]


class Networks(nn.Module):
    """Both encoders with their projections, and the two classifiers.

    Args:
        features: size V of image features.
        vectors: of the words, (W, G); the row 0 is that of padding.
        classes: seen ones.
        learn: whether word vectors are trained.
        cfg: settings.
    """

    middle: Tensor
    scale: Tensor

    def __init__(
        self, features: int, vectors: Tensor, classes: int, learn: bool, cfg: Config
    ) -> None:
        super().__init__()
        self.words = nn.Embedding.from_pretrained(vectors, freeze=not learn, padding_idx=0)
        inputs = vectors.shape[1]
        made = CnnLstm(inputs, cfg.encoder) if cfg.encoder.kind == "cnn_lstm" else None
        self.encoder: CnnLstm | BagOfWords = made or BagOfWords(inputs)
        self.dropout = nn.Dropout(cfg.dropout)
        self.register_buffer("middle", torch.zeros(features))
        self.register_buffer("scale", torch.ones(features))
        self.of_image = _linear(features, cfg.embedding)
        self.of_text = _linear(self.encoder.outputs, cfg.embedding)
        self.image_classes = _linear(cfg.embedding, classes)
        self.text_classes = _linear(cfg.embedding, classes)

    def images(self, x: Tensor) -> Tensor:
        """z_v: features (..., V) -> (..., Z)."""
        found: Tensor = self.of_image(self.dropout((x - self.middle) * self.scale))
        return found

    def standardize(self, x: Tensor) -> None:
        """From now on take features by their mean and deviation over these, (N, V).

        One that never varies tells nothing, and becomes 0.
        """
        deviation = x.std(0, correction=0)
        self.middle.copy_(x.mean(0))
        self.scale.copy_(torch.where(deviation > 0, 1 / deviation, 0))

    def captions(self, ids: Tensor, lengths: Tensor, times: Tensor) -> Tensor:
        """What the projection is fed with: word ids (U, L) -> (U, outputs)."""
        found: Tensor = self.encoder(self.words(ids), lengths, times)
        return found

    def texts(self, encoded: Tensor, share: Tensor) -> Tensor:
        """z_t: captions (..., M, outputs) of one image each -> their mean in the space, (..., Z).

        Args:
            encoded: what `captions` gave.
            share: of each caption in the mean, (..., M); 0 where an image has fewer.
        """
        placed = self.of_text(self.dropout(encoded))
        found: Tensor = (placed * share[..., None]).sum(-2)
        return found


def _lstm(inputs: int, units: int) -> nn.LSTM:
    made = nn.LSTM(inputs, units, batch_first=True)
    with torch.no_grad():
        made.get_parameter("bias_hh_l0").zero_()
        bias = made.get_parameter("bias_ih_l0").zero_()
        bias[units : 2 * units] = 1.0  # of the forget gate
    return made


def _linear(inputs: int, outputs: int) -> nn.Linear:
    made = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(made.weight)
    nn.init.zeros_(made.bias)
    return made


def _mask(lengths: Tensor, size: int) -> Tensor:
    """1 for words, 0 for padding, (U, L)."""
    places = torch.arange(size, device=lengths.device)
    return (places < lengths[:, None]).to(torch.get_default_dtype())


def _reversed(lengths: Tensor, size: int) -> Tensor:
    """Places in reverse order, padding left where it is, (U, L)."""
    places = torch.arange(size, device=lengths.device)
    turned = lengths[:, None] - 1 - places
    return torch.where(turned >= 0, turned, places)


def _take(x: Tensor, order: Tensor) -> Tensor:
    return x.gather(1, order[..., None].expand_as(x))
