"""Where DEDN's experts look in images of unseen classes: python -m stages.draw_attention DATASET.

Drawn after training; labels say which class an image is of, and nothing is chosen on them. Where
there is no picture to draw (no model, or no images), the outputs are there, and empty.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from stages import inputs, paths
from stages.drawing import leave
from stages.entry import enter
from stages.places import places
from stages.showing import spread
from zslcore.clusters import clusters
from zslcore.clusters.clusters import Clusters
from zslcore.data import dataset_store, store
from zslcore.data.problem import Array, Labels, Truth
from zslcore.features.images import Images
from zslcore.features.preprocess import Preprocess
from zslcore.features.store import load
from zslcore.methods.dedn.method import load as load_model
from zslcore.report import attention as words
from zslcore.report.attention import measure
from zslcore.report.drawn import Drawn
from zslcore.report.plots.attention import Looked, attention
from zslcore.report.style import svg

CLASSES, ATTRIBUTES = 3, 6  # shown: images, each of another class, and attributes of each
SIDE = 80  # pixels, of a shown image at most
MEASURED = 50  # images that numbers are means over: more need much memory where maps are large


@dataclass(frozen=True)
class Cell:
    """What the picture of a dataset is made from.

    Attributes:
        truth: labels of the evaluation images.
        rows: of the dataset, that of each evaluation image.
        images: of the dataset.
        about: names and provenance.
        recipe: of the features.
        clusters: of the attributes.
    """

    truth: Truth
    rows: Labels
    images: Images
    about: dict[str, Any]
    recipe: dict[str, Any]
    clusters: Clusters

    @property
    def grid(self) -> tuple[int, int]:
        """Height and width, in regions."""
        return self.recipe["regions"]["height"], self.recipe["regions"]["width"]


def main(dataset: str) -> None:
    found = drawn(dataset) if _can_be_drawn(dataset) else None
    leave(found, paths.evaluation("dedn", dataset), "attention")


def _can_be_drawn(dataset: str) -> bool:
    trained = paths.models("dedn", dataset, "test") / "model.json"  # not where it was left out
    return trained.exists() and dataset_store.load_images(paths.prepared(dataset)) is not None


def drawn(dataset: str) -> Drawn | None:
    """The picture and what is said of it; None for a model that attends to no regions."""
    at = cell(dataset)
    model = load_model(paths.models("dedn", dataset, "test"))
    _, regions = inputs.read_regions(dataset, "test")
    chosen, many = shown(at.truth), measured(at.truth)
    maps = model.attention(regions[chosen])
    if not maps:
        return None
    looked = [
        look(at, row, {expert: of[0, i] for expert, of in maps.items()}, model.class_vectors)
        for i, row in enumerate(chosen.tolist())
    ]
    picture = svg(attention(looked, f"{dataset}: where the experts of DEDN look"))
    return words.drawn(picture, len(many), in_numbers(at, model.attention(regions[many])))


def cell(dataset: str) -> Cell:
    """What earlier stages left."""
    folder = paths.prepared(dataset)
    return Cell(
        store.load_truth(folder / "test"),
        np.load(folder / "test" / "problem" / "evaluation_rows.npy"),
        Images(dataset_store.load_images(folder)),
        dataset_store.load_about(folder),
        dict(load(paths.features(dataset), "test").recipe),
        clusters.load(paths.clusters(dataset)),
    )


def shown(truth: Truth) -> Labels:
    """Positions of the first image of each of a few unseen classes, spread over them."""
    classes, first = np.unique(truth.y, return_index=True)
    first = first[~truth.seen[classes]]
    return first[spread(len(first), CLASSES)]


def measured(truth: Truth) -> Labels:
    """Positions of some images of unseen classes, spread over them."""
    unseen = np.flatnonzero(~truth.seen[truth.y])
    return unseen[spread(len(unseen), MEASURED)]


def look(at: Cell, position: int, maps: dict[str, Array], class_vectors: Array) -> Looked:
    """An evaluation image with maps (D, R) of each expert, of the attributes its class has most."""
    c = at.truth.y[position]
    vector = class_vectors[c]
    most = np.argsort(-vector, kind="stable")[:ATTRIBUTES]
    most = np.sort(most[vector[most] > 0])
    names = at.about["attribute_names"] or [f"attribute {i}" for i in range(len(vector))]
    return Looked(
        at.truth.class_names[c],
        thumbnail(at, int(at.rows[position])),
        [names[i] for i in most],
        [at.clusters.names[q] for q in at.clusters.of[most]],
        {expert: of[most].reshape(-1, *at.grid) for expert, of in maps.items()},
    )


def thumbnail(at: Cell, row: int) -> Array:
    """What the backbone saw of an image, uint8 (h, w, 3), reduced to `SIDE` pixels."""
    how = at.recipe["preprocess"]
    pixels = Preprocess(**how | {"size": tuple(how["size"])})(at.images, np.array([row]))[0].numpy()
    mean, std = (np.reshape(how[name], (3, 1, 1)) for name in ("mean", "std"))
    whole = np.rint(255 * (pixels * std + mean)).clip(0, 255).astype(np.uint8)
    image = Image.fromarray(np.moveaxis(whole, 0, 2))
    image.thumbnail((SIDE, SIDE))
    return np.asarray(image)


def in_numbers(at: Cell, maps: dict[str, Array]) -> dict[str, dict[str, float]]:
    """Means over images, by cluster."""
    height, width = at.grid
    known = places(at.about["provenance"], height) if height == width else {}
    names = at.clusters.names
    groups = [np.flatnonzero(at.clusters.of == q).tolist() for q in range(len(names))]
    found = measure(maps, groups, [known.get(name) for name in names])
    return dict(zip(names, found, strict=True))


if __name__ == "__main__":
    enter(main)
