"""What the training of PyTorch modules changes, as `zslcore.nn.resume` writes it down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from torch import nn
from torch.optim import Optimizer

from zslcore.runtime.run import Record

M = TypeVar("M", bound=nn.Module)


@dataclass
class State(Generic[M]):
    """Networks and their optimisers. An epoch is a round of steps.

    Attributes:
        networks: all that learns, with whatever averages it keeps.
        optimizers: by what they are for.
        epochs: rounds that are done.
        records: logged so far.
    """

    networks: M
    optimizers: Mapping[str, Optimizer]
    epochs: int = 0
    records: list[Record] = field(default_factory=list)

    def packed(self) -> dict[str, Any]:
        """Weights, averages and optimisers."""
        optimizers = {name: each.state_dict() for name, each in self.optimizers.items()}
        return {"networks": self.networks.state_dict(), "optimizers": optimizers}

    def unpack(self, packed: dict[str, Any]) -> None:
        """Set all as they were."""
        self.networks.load_state_dict(packed["networks"])
        for name, each in self.optimizers.items():
            each.load_state_dict(packed["optimizers"][name])
