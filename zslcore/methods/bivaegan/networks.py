"""The six networks of Bi-VAEGAN and TF-VAEGAN's feedback module, for all seeds side by side.

Each has one hidden layer with LeakyReLU(0.2). A concatenated input is a sum of two products, so
that the part of the class vector is small and apart. Critics have no output bias: it cancels in
every Wasserstein difference.

Letters in shapes: S seeds, B images, V visual features, A attributes, Z noise, H hidden units.
"""

from collections.abc import Mapping

import torch.nn.functional as F
from torch import Tensor

from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.products import Products
from zslcore.methods.bivaegan.weights import Shapes, Weights
from zslcore.nn.streams import Streams

SLOPE = 0.2
NORM_EPS = 1e-5


def activate(hidden: Tensor) -> Tensor:
    """LeakyReLU with slope 0.2."""
    return F.leaky_relu(hidden, SLOPE)


Values = Mapping[str, Tensor]
"""Parameters of one network, (S, ...) each."""

Networks = dict[str, Weights]
"""By letter: e, g, d, du, r, da, and f for the feedback module; those that the setting has."""


def build(
    cfg: Config, features: int, attributes: int, streams: Streams, transductive: bool
) -> Networks:
    """New networks.

    Args:
        cfg: sizes, and how each is trained.
        features, attributes: V and A.
        streams: of the seeds; they draw the weights.
        transductive: whether also those that unlabelled images are needed for.
    """
    shapes = _shapes(cfg, features, attributes)
    networks = {}
    for name in _needed(cfg, transductive):
        how = cfg.optimizer.model_copy(update={"lr": cfg.feedback.lr} if name == "f" else {})
        networks[name] = Weights(shapes[name], streams.seeds, streams.device, how)
        if name == "e":
            _as_torch_does(networks[name], streams)
        else:
            _as_dcgan_does(networks[name], streams)
    return networks


def encode(e: Values, v: Tensor, a: Tensor, mm: Products) -> tuple[Tensor, Tensor]:
    """Mean and log-variance of the noise, (S, .., B, Z) each; every batch is normalised alone."""
    hidden = mm(v, e["v"]) + mm(a, e["a"])  # a bias would vanish in the normalisation
    mean = hidden.mean(-2, keepdim=True)
    var = hidden.var(-2, keepdim=True, correction=0)
    shape = [len(hidden), *[1] * (hidden.ndim - 2), hidden.shape[-1]]
    scale, shift = e["scale"].view(shape), e["shift"].view(shape)
    act = activate((hidden - mean) * (var + NORM_EPS).rsqrt() * scale + shift)
    mean_b, logvar_b = (e[key].view(*shape[:-1], -1) for key in ("mean_b", "logvar_b"))
    return mm(act, e["mean"]) + mean_b, mm(act, e["logvar"]) + logvar_b


def generate(g: Values, z: Tensor, a: Tensor, mm: Products, added: Tensor | None = None) -> Tensor:
    """Noise (S, N, Z) and class vectors (S, N, A) -> features before `Space.squash`, (S, N, V).

    `added` goes onto the hidden layer (S, N, H): TF-VAEGAN's feedback.
    """
    hidden = activate(mm(z, g["z"]) + mm(a, g["a"]) + g["b"])
    if added is not None:
        hidden = hidden + added
    return mm(hidden, g["out"]) + g["out_b"]


def regress(r: Values, v: Tensor, mm: Products) -> tuple[Tensor, Tensor]:
    """Features (S, N, V) -> class vectors of unit length (S, N, A), and the hidden layer."""
    hidden = activate(mm(v, r["v"]) + r["b"])
    return F.normalize(mm(hidden, r["out"]) + r["out_b"], dim=-1), hidden


def feed_back(f: Values, hidden: Tensor, mm: Products) -> Tensor:
    """The regressor's hidden layer (S, N, H) -> what is added to the generator's."""
    return activate(mm(activate(mm(hidden, f["v"]) + f["b"]), f["out"]) + f["out_b"])


def judge(d: Values, v: Tensor, mm: Products, a: Tensor | None = None) -> Tensor:
    """A critic's realness of features (S, N, V), given class vectors (S, N, A) or not: (S, N)."""
    hidden = mm(v, d["v"]) + d["b"]
    if a is not None:
        hidden = hidden + mm(a, d["a"])
    return (activate(hidden) * d["out"]).sum(-1)


def _shapes(cfg: Config, features: int, attributes: int) -> dict[str, Shapes]:
    """Of one seed's parameters; "v", "a" and "z" are the parts of the first layer."""
    hidden, noise = cfg.hidden, cfg.noise or attributes
    v, a, row = (features, hidden), (attributes, hidden), (1, hidden)
    encoder: Shapes = {
        "v": v,
        "a": a,
        "scale": row,
        "shift": row,
        "mean": (hidden, noise),
        "mean_b": (1, noise),
        "logvar": (hidden, noise),
        "logvar_b": (1, noise),
    }
    generator: Shapes = {"z": (noise, hidden), "a": a, "b": row}
    small = cfg.attribute_hidden
    return {
        "e": encoder,
        "g": {**generator, "out": (hidden, features), "out_b": (1, features)},
        "d": {"v": v, "b": row, "out": row, "a": a},
        "du": {"v": v, "b": row, "out": row},
        "r": {"v": v, "b": row, "out": (hidden, attributes), "out_b": (1, attributes)},
        "da": {"v": (attributes, small), "b": (1, small), "out": (1, small)},
        "f": {"v": (hidden, hidden), "b": row, "out": (hidden, hidden), "out_b": row},
    }


def _needed(cfg: Config, transductive: bool) -> list[str]:
    """The networks that this setting has."""
    present = {
        "e": cfg.encoder,
        "g": True,
        "d": True,
        "du": transductive and cfg.unseen_critic,
        "r": cfg.regressor != "none",
        "da": transductive and cfg.regressor == "adversarial",
        "f": cfg.feedback.training > 0,
    }
    return [name for name, needed in present.items() if needed]


def _as_dcgan_does(weights: Weights, streams: Streams) -> None:
    """Matrices N(0, 0.02^2), biases 0; the authors' start of all networks but E."""
    for name, value in weights.value.items():
        if not name.endswith("b"):
            value.copy_(0.02 * streams.normal(*value.shape[1:]))


def _as_torch_does(e: Weights, streams: Streams) -> None:
    """Evenly in +-1 / sqrt(inputs), scale 1, shift 0; the authors' start of E."""
    first, hidden = e["v"].shape[1] + e["a"].shape[1], e["v"].shape[2]
    for name, value in e.value.items():
        if name in ("scale", "shift"):
            value.fill_(name == "scale")
        else:
            inputs = first if name in ("v", "a") else hidden
            value.copy_((2 * streams.uniform(*value.shape[1:]) - 1) / inputs**0.5)
