"""The reconstruction objective, eq. 3, and the term that holds F(x) to the unit sphere."""

from collections.abc import Callable

from torch import Tensor

from zslcore.methods.spaen.config import Config, Images
from zslcore.methods.spaen.crops import centre
from zslcore.nn.terms import Terms


def squared_error(made: Tensor, target: Tensor) -> Tensor:
    """The mean over all but the first dimension of the squared difference, (B, ..) -> (B,).

    L_pixel on images in [-1, 1] and L_feat on the perceptual network's maps, as means per element
    (code) in the place of sums (paper).
    """
    return (made - target).square().flatten(1).mean(1)


def norm_error(s: Tensor) -> Tensor:
    """(|F(x)| - 1)^2, (.., A) -> (..): draws F(x) to the sphere the class vectors lie on (code)."""
    # a row of zeros has no direction to grow in: its gradient is 0, the square root's NaN
    return (s.square().sum(-1).clamp_min(1e-24).sqrt() - 1).square()


def image_terms(
    image: Tensor, x: Tensor, maps: Tensor, phi: Callable[[Tensor], Tensor], cfg: Images
) -> Terms:
    """L_pixel and L_feat of a batch, or of a process's part of it, (1,) each.

    Divided by the whole batch. A term whose weight is 0 is not computed.

    Args:
        image: generated, (B, 3, G, G); its middle is compared.
        x: crops (B, 3, size, size).
        maps: phi(x).
        phi: the perceptual network's maps.
        cfg: settings.
    """
    image, terms = centre(image, x.shape[-1]), {}
    if cfg.reconstruction.pixel:
        terms["pixel"] = squared_error(image, x).sum()[None] / cfg.batch
    if cfg.reconstruction.feature:
        terms["feature"] = squared_error(phi(image), maps).sum()[None] / cfg.batch
    return terms


def weighted(terms: Terms, cfg: Images) -> Tensor:
    """The sum of all terms that there are, each with its weight in the objective (eq. 5), (S,)."""
    how = cfg.reconstruction
    weight = {
        "pixel": how.weight * how.pixel,
        "feature": how.weight * how.feature,
        "norm": how.norm,
    }
    if isinstance(cfg, Config):
        weight |= {"rank": cfg.rank.weight, "adversarial": cfg.adversarial.weight}
        weight["adversarial_f"] = cfg.adversarial.weight
    first, *others = (weight[name] * term for name, term in terms.items())
    return sum(others, start=first)
