"""Whether SP-AEN keeps attributes that hardly vary: python -m stages.draw_spaen DATASET.

Measured and drawn after training; labels say what test images are of, and nothing is chosen on
them. Where there is nothing to show (no model, or attributes that do not vary), the outputs are
there, and empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stages import inputs, paths
from stages.drawing import leave
from stages.entry import enter
from stages.showing import layout, spread
from zslcore.data import store
from zslcore.data.problem import Array, Labels, Problem, Truth
from zslcore.methods.spaen.model import load
from zslcore.metrics.transfer import (
    Groups,
    Mean,
    carried,
    cosine,
    groups,
    kept,
    over_seeds,
    variances,
)
from zslcore.report.drawn import Drawn, Table
from zslcore.report.plots.embedding import embedding
from zslcore.report.plots.variances import variances as heat_map
from zslcore.report.style import svg

ROWS = {"spaen": "SP-AEN", "classification": "classification only"}
CLASSES, IMAGES = 14, 40  # shown by t-SNE: unseen classes, and test images of each
NAMED = 8  # so many attributes, at most, are listed


@dataclass(frozen=True)
class Cell:
    """What is drawn.

    Attributes:
        problem: of the test phase.
        y: classes of the N test images of unseen classes, (N,).
        embedded: what E of each seed says of these images, (S, N, A), by the model's name.
        training, test: variances of the attributes over training images and over these, (A,).
        groups: of the attributes.
    """

    problem: Problem
    y: Labels
    embedded: Mapping[str, Array]
    training: Array
    test: Array
    groups: Groups

    @property
    def high(self) -> Labels:
        """The attributes right of the cut-off."""
        return np.sort(self.groups.order[self.groups.cut :])

    def named(self, attributes: Labels) -> list[str]:
        """Names of some attributes."""
        names = self.problem.attribute_names
        return [names[i] if names else f"attribute {i}" for i in attributes.tolist()]


def main(dataset: str) -> None:
    at, folder = cell(dataset), paths.evaluation("spaen", dataset)
    leave(varying(at, dataset) if at else None, folder, "variances")
    leave(plane(at, dataset) if at and len(at.y) > 2 else None, folder, "embedding")


def cell(dataset: str) -> Cell | None:
    """What earlier stages left; None if that is nothing, or nothing varies."""
    folder = paths.models("spaen", dataset, "test")
    found = [name for name in ROWS if (folder / name / "model.json").exists()]
    if not found:
        return None
    problem, x = inputs.read(dataset, "test")
    y, own = of_unseen(store.load_truth(paths.prepared(dataset) / "test"))
    training = variances(problem.class_vectors, problem.y)
    test = variances(problem.class_vectors, y)
    if (divided := groups(training, test)) is None:
        return None
    embedded = {name: load(folder / name).embed(x[own]) for name in found}
    return Cell(problem, y, embedded, training, test, divided)


def of_unseen(truth: Truth) -> tuple[Labels, Labels]:
    """Classes and positions of the evaluation images of unseen classes."""
    own = np.flatnonzero(~truth.seen[truth.y])
    return truth.y[own], own


def varying(at: Cell, dataset: str) -> Drawn:
    """The heat map, and how well each model keeps attributes left and right of the cut-off."""
    order = at.groups.order
    rows = {"training images": at.training[order], "unseen test images": at.test[order]}
    title = f"{dataset}: variance of attributes"
    picture = svg(heat_map(rows, at.named(order), at.groups.cut, title))
    caption = (
        "Variance of each attribute over training images and over test images of unseen classes, "
        "where an image carries its class's vector at unit length. The cosine of both rows is "
        f"{cosine(at.training, at.test):.4f}. Test labels were used to draw this; nothing was "
        "chosen on it."
    )
    return Drawn(picture, caption, [transfer(at)])


def transfer(at: Cell) -> Table:
    """What is kept, a line per model, and how much more of it SP-AEN keeps."""
    hardly, others = at.groups.hardly, at.groups.others
    columns = {
        f"the {len(hardly)} that hardly vary in training": hardly,
        f"the other {len(others)}": others,
    }
    truth = carried(at.problem.class_vectors, at.y)
    found = {
        model: {name: kept(values, truth, which) for name, which in columns.items()}
        for model, values in at.embedded.items()
    }
    lines = [
        {"E trained as": ROWS[model], **{n: _text(over_seeds(v)) for n, v in of_model.items()}}
        for model, of_model in found.items()
    ]
    if len(found) == len(ROWS):
        full, alone = (found[model] for model in ROWS)
        gained = {n: _text(over_seeds(full[n] - alone[n]), "+") for n in columns}
        lines.append({"E trained as": "difference, seed by seed", **gained})
    named = f": {', '.join(at.named(hardly))}" if len(hardly) <= NAMED else ""
    above = (
        "Semantic transfer: how well embeddings of test images of unseen classes keep the "
        "attributes that vary among them, as the correlation of an embedded attribute with that "
        "of the image's class, in the mean over attributes; ± is 95 % over seeds. Hardly varying "
        f"are the quarter that varies least over training images, left of the line{named}."
    )
    return Table(above, lines)


def _text(mean: Mean, sign: str = "") -> str:
    width = f" ± {mean.ci95:.3f}" if mean.ci95 else ""
    return f"{mean.value:{sign}.3f}{width}"


def plane(at: Cell, dataset: str) -> Drawn | None:
    """Embeddings of the first seed laid out by t-SNE; None where too few attributes are left."""
    rows, views = shown(at.y), {"all attributes": np.arange(len(at.training))}
    views[f"the {len(at.high)} right of the cut-off"] = at.high
    if len(at.high) < 2:
        return None
    planes = {
        (ROWS[model], view): layout(values[0][np.ix_(rows, which)])
        for model, values in at.embedded.items()
        for view, which in views.items()
    }
    names = [at.problem.class_names[c] for c in at.y[rows]]
    title = f"{dataset}: embedded test images of unseen classes"
    caption = (
        f"t-SNE of what E of the first seed makes of {len(rows)} test images of "
        f"{len(set(names))} unseen classes, by all attributes and by those alone that vary more "
        "over training images than the quarter that hardly does. Coloured by test labels; nothing "
        "was chosen on it."
    )
    return Drawn(svg(embedding(planes, names, title)), caption)


def shown(y: Labels) -> Labels:
    """Positions of some images of some classes, spread over them, class by class."""
    classes = np.unique(y)
    chosen = classes[spread(len(classes), CLASSES)]
    each = [np.flatnonzero(y == c) for c in chosen]
    return np.concatenate([own[spread(len(own), IMAGES)] for own in each])


if __name__ == "__main__":
    enter(main)
