"""Images and captions into one space: f_phi and f_theta."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag

from zslcore.data.problem import Array, Labels
from zslcore.methods.clarel.config import Config, Encoder
from zslcore.methods.clarel.line import Line, lay, pooled
from zslcore.methods.clarel.masked import Block
from zslcore.text.tokens import PADDING

TOGETHER = 2  # the LSTMs run over captions whose pooled lengths round up to the same multiple


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

    def forward(self, words: nn.Embedding, line: Line) -> Tensor:
        """Vectors of captions, (U, outputs).

        Args:
            words: vectors of the word ids, of size G.
            line: the captions.
        """
        weight = line.weight
        x = words(line.ids).T * (weight > 0)
        for block in self.blocks:
            x, weight = block(x, weight)
        start, lengths = (pooled(each, len(self.blocks)) for each in (line.start, line.lengths))
        found = x.new_empty(len(lengths), self.outputs)
        groups = -(-lengths // TOGETHER)
        for group in np.unique(groups):
            rows = np.flatnonzero(groups == group)
            found[torch.from_numpy(rows)] = self._over_time(x.T, start[rows], lengths[rows])
        return found

    def _over_time(self, x: Tensor, start: Labels, lengths: Labels) -> Tensor:
        """The mean of both directions over each of U captions on a line (T, C), (U, outputs)."""
        place = np.arange(lengths.max())
        mask = place < lengths[:, None]
        # a mean does not ask for the order: what runs backwards is not turned again
        runs = (
            (self.forwards, start[:, None] + place),
            (self.backwards, (start + lengths - 1)[:, None] - place),
        )
        both = [lstm(x[torch.from_numpy(np.where(mask, at, 0))])[0] for lstm, at in runs]
        share = torch.from_numpy(mask / lengths[:, None]).to(x)
        return (torch.cat(both, 2) * share[..., None]).sum(1)


class BagOfWords(nn.Module):
    """The mean of the word vectors; of a caption that is one id, its vector.

    Args:
        inputs: size of the word vectors.
    """

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.outputs = inputs

    def forward(self, words: nn.Embedding, line: Line) -> Tensor:
        """As of `CnnLstm`."""
        start = torch.from_numpy(line.start).to(line.ids.device)
        return embedding_bag(
            line.ids, words.weight, start, mode="mean", padding_idx=words.padding_idx
        )


class Networks(nn.Module):
    """Both encoders with their projections, and the two classifiers.

    Args:
        features: size V of image features.
        vectors: of the words, (W, G); the row 0 is that of padding.
        classes: seen ones.
        learn: whether word vectors are trained.
        cfg: settings.
    """

    def __init__(
        self, features: int, vectors: Tensor, classes: int, learn: bool, cfg: Config
    ) -> None:
        super().__init__()
        self.cfg = cfg.encoder
        self.words = nn.Embedding.from_pretrained(vectors, freeze=not learn, padding_idx=PADDING)
        inputs = vectors.shape[1]
        made = CnnLstm(inputs, cfg.encoder) if cfg.encoder.kind == "cnn_lstm" else None
        self.encoder: CnnLstm | BagOfWords = made or BagOfWords(inputs)
        self.dropout = nn.Dropout(cfg.dropout)
        self.of_image = _linear(features, cfg.embedding)
        self.of_text = _linear(self.encoder.outputs, cfg.embedding)
        self.image_classes = _linear(cfg.embedding, classes)
        self.text_classes = _linear(cfg.embedding, classes)

    def images(self, x: Tensor) -> Tensor:
        """z_v: features (..., V) -> (..., Z)."""
        found: Tensor = self.of_image(self.dropout(x))
        return found

    def captions(self, ids: Array, lengths: Labels, times: Labels) -> Tensor:
        """What the projection is fed with, (U, outputs).

        Args:
            ids: of the words of captions, (U, L).
            lengths: words of each caption, at least 1, (U,).
            times: how often each caption stands in the batch, for the batch norms, (U,).
        """
        line = lay(ids, lengths, times, self.cfg).to(self.of_text.weight.device)
        found: Tensor = self.encoder(self.words, line)
        return found

    def texts(self, encoded: Tensor, share: Tensor) -> Tensor:
        """z_t: captions (..., M, outputs) of one image each -> their mean in the space, (..., Z).

        The projection is affine and shares sum to 1, so the mean is projected, once.

        Args:
            encoded: what `captions` gave.
            share: of each caption in the mean, (..., M); 0 where an image has fewer.
        """
        found: Tensor = self.of_text((self.dropout(encoded) * share[..., None]).sum(-2))
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
