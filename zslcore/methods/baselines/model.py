"""A trained baseline: scores of any number of images, and its two files."""

import json
from dataclasses import dataclass, fields
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from zslcore.data.problem import Array
from zslcore.data.scores import Kind
from zslcore.methods.baselines.config import Length
from zslcore.methods.baselines.prepared import scaled
from zslcore.methods.baselines.scorers import SCORERS, Scorer
from zslcore.nn.streams import Diverged
from zslcore.nn.tensors import write_tensors
from zslcore.runtime.files import write_json

ROWS = 1024  # images scored at a time


@dataclass(frozen=True)
class Model:
    """A scorer, and the length that images are brought to before it sees them."""

    scorer: Scorer
    normalize: Length

    @property
    def kind(self) -> Kind:
        """Whether the scores are negated distances."""
        return self.scorer.kind

    @property
    def tensors(self) -> dict[str, Tensor]:
        """All that was learnt."""
        return {key: value for key, value in vars(self.scorer).items() if torch.is_tensor(value)}

    def check_finite(self) -> None:
        """All that was learnt is finite.

        Raises:
            Diverged: naming what is not.
        """
        if bad := [key for key, tensor in self.tensors.items() if not tensor.isfinite().all()]:
            raise Diverged(f"{' and '.join(bad)} not finite")

    def scores(self, x: Array) -> Array:
        """Images (N, D) float32 -> (S, N, K) float32, higher is likelier."""
        device = next(iter(self.tensors.values())).device
        blocks = (torch.tensor(x[i : i + ROWS], device=device) for i in range(0, len(x), ROWS))
        scored = [self.scorer(scaled(block, self.normalize)).float().cpu() for block in blocks]
        return torch.cat(scored, dim=1).numpy()

    def save(self, folder: Path) -> None:
        """Write model.safetensors and model.json."""
        plain = {key: value for key, value in vars(self.scorer).items() if key not in self.tensors}
        about = {"scorer": type(self.scorer).__name__, "normalize": self.normalize, "plain": plain}
        write_tensors(self.tensors, folder / "model.safetensors")
        write_json(about, folder / "model.json")


def load(folder: Path) -> Model:
    """What `Model.save` wrote, on the CPU.

    Raises:
        ValueError: the files have other parts than the scorer.
    """
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    parts = safetensors.torch.load_file(folder / "model.safetensors") | about["plain"]
    scorer = SCORERS[about["scorer"]]
    wanted = {field.name for field in fields(scorer)}
    if parts.keys() != wanted:
        raise ValueError(
            f"{folder}: {scorer.__name__} has {sorted(wanted)}, the files have {sorted(parts)}"
        )
    return Model(scorer(**parts), about["normalize"])
