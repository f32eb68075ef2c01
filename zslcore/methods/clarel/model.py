"""A trained CLAREL: images, captions and classes in one space, and its files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from zslcore.data.problem import Array
from zslcore.data.scores import Kind
from zslcore.methods.clarel.config import Config
from zslcore.methods.clarel.embed import embed_images, embed_texts
from zslcore.methods.clarel.encoders import Networks
from zslcore.methods.clarel.losses import distances
from zslcore.nn.tensors import write_tensors
from zslcore.runtime.files import write_json
from zslcore.text.encode import encode
from zslcore.text.sentences import Sentences
from zslcore.text.vocabulary import Vocabulary

WORDS = "words.weight"  # among the tensors of networks


@dataclass(frozen=True)
class Model:
    """The encoders of S seeds, and the class prototypes in the space of each.

    Attributes:
        networks: S pairs of encoders.
        prototypes: (S, K, Z).
        vocabulary: of the training captions; with vectors of whole captions, those that have one.
        cfg: settings.
    """

    networks: Sequence[Networks]
    prototypes: Array
    vocabulary: Vocabulary | Sentences
    cfg: Config

    @property
    def kind(self) -> Kind:
        """Cosines are no distances."""
        return "similarity" if self.cfg.loss.metric == "cosine" else "distance"

    def images(self, x: Array) -> Array:
        """z_v of features (N, V): float32 (S, N, Z)."""
        return np.stack([embed_images(each, x) for each in self.networks])

    def texts(self, captions: Sequence[Sequence[str]]) -> Array:
        """z_t of N images by their captions: float32 (S, N, Z)."""
        tokens = encode(self.vocabulary, captions, self.cfg.text)
        return np.stack([embed_texts(each, tokens) for each in self.networks])

    def placed(self, points: Array) -> Array:
        """The same points where Euclidean distance tells what the metric does: (.., Z)."""
        if self.cfg.loss.metric != "cosine":
            return points
        return points / np.linalg.norm(points, axis=-1, keepdims=True).clip(1e-12)

    def scores(self, x: Array) -> Array:
        """Images (N, V) -> (S, N, K) float32: negated distances to prototypes, or cosines."""
        return scores_of(self.images(x), self.prototypes, self.cfg)

    def save(self, folder: Path) -> None:
        """Write model.safetensors, vocabulary.json and model.json.

        Word vectors that were not trained are those of every seed, and written once.
        """
        learned = self.cfg.text.vectors.by == "learned"
        tensors = {
            f"{seed}.{name}": value
            for seed, networks in enumerate(self.networks)
            for name, value in networks.state_dict().items()
            if learned or name != WORDS
        }
        if not learned:
            tensors[WORDS] = self.networks[0].words.weight
        tensors["prototypes"] = torch.from_numpy(self.prototypes)
        write_tensors(tensors, folder / "model.safetensors")
        self.vocabulary.save(folder / "vocabulary.json")
        write_json({"settings": self.cfg.model_dump(mode="json")}, folder / "model.json")


def scores_of(images: Array, prototypes: Array, cfg: Config) -> Array:
    """Higher is likelier: (S, N, Z) and (S, K, Z) -> (S, N, K) float32, computed in float64."""
    z_v, p = (torch.from_numpy(each).double() for each in (images, prototypes))
    d = distances(z_v, p, cfg.loss.metric)
    found: Array = ((1 - d) if cfg.loss.metric == "cosine" else -d).float().numpy()
    return found


def load(folder: Path, device: torch.device | None = None) -> Model:
    """What `Model.save` wrote.

    Raises:
        ValueError: a file is not what it should be.
    """
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    cfg = Config.model_validate(about["settings"])
    path = folder / "model.safetensors"
    found = safetensors.torch.load_file(path, device=str(device or "cpu"))
    try:
        prototypes = found.pop("prototypes").cpu().numpy()
        shared = {WORDS: found[WORDS]} if WORDS in found else {}
        each = [shared | _of_seed(found, seed) for seed in range(len(prototypes))]
        networks = [_restored(values, cfg) for values in each]
    except (KeyError, RuntimeError) as error:
        raise ValueError(f"{path} is not a complete CLAREL: {error}") from None
    form = Sentences if cfg.encoder.kind == "sentences" else Vocabulary
    return Model(networks, prototypes, form.load(folder / "vocabulary.json"), cfg)


def _of_seed(found: dict[str, Tensor], seed: int) -> dict[str, Tensor]:
    own = f"{seed}."
    return {name.removeprefix(own): t for name, t in found.items() if name.startswith(own)}


def _restored(values: dict[str, Tensor], cfg: Config) -> Networks:
    features, words = values["of_image.weight"].shape[1], values["words.weight"]
    classes = len(values["image_classes.weight"])
    made = Networks(features, words, classes, learn=False, cfg=cfg).to(words.device)
    made.load_state_dict(values)
    return made.eval()
