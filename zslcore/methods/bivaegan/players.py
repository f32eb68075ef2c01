"""What one epoch of training is played with."""

from dataclasses import dataclass

from torch import Tensor

from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.networks import Networks, Values
from zslcore.methods.bivaegan.prepared import Prepared
from zslcore.methods.bivaegan.products import Products
from zslcore.nn.streams import Streams


@dataclass(frozen=True)
class Players:
    """The networks and all that they are trained on.

    Attributes:
        networks: trained in place.
        penalty: weights of the gradient penalties of D and D^u, (S,) each, adapted in place.
        data: of the phase.
        cfg: settings.
        streams: of random numbers.
        prior: of the unseen classes, (S, U).
        transductive: whether unlabelled images may be used.
        feedback: how much of the feedback module's output is added; 0 is none.
    """

    networks: Networks
    penalty: dict[str, Tensor]
    data: Prepared
    cfg: Config
    streams: Streams
    prior: Tensor
    transductive: bool
    feedback: float = 0.0

    @property
    def mm(self) -> Products:
        """Matrix products in the precision of the settings."""
        return Products(self.cfg.precision)

    @property
    def values(self) -> dict[str, Values]:
        """The networks' parameters."""
        return {name: weights.value for name, weights in self.networks.items()}

    def __getitem__(self, name: str) -> Values:
        """One network's parameters."""
        return self.networks[name].value

    @property
    def unseen_critic(self) -> bool:
        """Whether D^u plays."""
        return self.transductive and self.cfg.unseen_critic

    @property
    def attribute_critic(self) -> bool:
        """Whether D^a plays."""
        return self.transductive and self.cfg.regressor == "adversarial"

    @property
    def unseen_regression(self) -> bool:
        """Whether R judges features of unseen classes; it needs their vectors only (eq. 10)."""
        wanted = self.cfg.regressor != "none" and self.cfg.beta > 0
        return wanted and (self.transductive or self.cfg.inductive_beta)
