"""A trained baseline: scores of any number of images, and its two files."""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

from zslcore.data.problem import Array, Mask
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
    """A scorer, and the lengths that images and class vectors are brought to before it."""

    scorer: Scorer
    normalize: Length
    class_vectors: Length

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
        device = self._device
        blocks = (torch.tensor(x[i : i + ROWS], device=device) for i in range(0, len(x), ROWS))
        scored = [self.scorer(scaled(block, self.normalize)).float().cpu() for block in blocks]
        return torch.cat(scored, dim=1).numpy()

    def with_classes(self, vectors: Array, seen: Mask) -> "Model":
        """The same model for other classes: nothing is trained.

        Args:
            vectors: of all of them, (K, A), of any length, as in the problem.
            seen: bool, (K,).
        """
        rows = torch.tensor(vectors, dtype=torch.float64, device=self._device)
        scorer = self.scorer.of(
            scaled(rows, self.class_vectors), torch.tensor(seen, device=self._device)
        )
        return replace(self, scorer=scorer)

    def save(self, folder: Path) -> None:
        """Write model.safetensors and model.json."""
        plain = {key: value for key, value in vars(self.scorer).items() if key not in self.tensors}
        about = {
            "scorer": type(self.scorer).__name__,
            "normalize": self.normalize,
            "class_vectors": self.class_vectors,
            "plain": plain,
        }
        write_tensors(self.tensors, folder / "model.safetensors")
        write_json(about, folder / "model.json")

    @property
    def _device(self) -> torch.device:
        return next(iter(self.tensors.values())).device


def load(folder: Path, device: torch.device | None = None) -> Model:
    """What `Model.save` wrote.

    Raises:
        ValueError: the files have other parts than the scorer.
    """
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    tensors = safetensors.torch.load_file(folder / "model.safetensors", str(device or "cpu"))
    parts = tensors | about["plain"]
    scorer = SCORERS[about["scorer"]]
    wanted = {field.name for field in fields(scorer)}
    if parts.keys() != wanted:
        raise ValueError(
            f"{folder}: {scorer.__name__} has {sorted(wanted)}, the files have {sorted(parts)}"
        )
    return Model(scorer(**parts), about["normalize"], about["class_vectors"])
