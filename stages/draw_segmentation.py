"""Images, truth and answers; what generators make: python -m stages.draw_segmentation DATASET.

Drawn after training, with the truth of evaluation images; nothing is chosen on it. Where there is
nothing to show (no model, or no segment of an unseen class), the outputs are there, and empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from stages import answering, paths
from stages.drawing import leave
from stages.entry import enter
from stages.pading import PADING
from stages.showing import layout, spread
from zslcore.data.annotated import CLASS, CROWD, IMAGE, Annotated
from zslcore.data.problem import Array, Labels, Mask
from zslcore.data.segmentation import SegmentationTruth
from zslcore.data.segmentation_store import load_truth
from zslcore.methods.pading.model import Model
from zslcore.report.drawn import Drawn
from zslcore.report.plots.reconstruction import reconstruction
from zslcore.report.plots.segments import Points, colours, fitted, painted, synthesised
from zslcore.report.style import svg
from zslcore.runtime import params
from zslcore.segments import merge
from zslcore.segments.answers import Answer, probabilities
from zslcore.segments.config import Inference, Size

TITLES = {
    "supervised": "supervised",
    "projection": "projection",
    "gmmn": "GMMN",
    "primitives": "primitives",
    "aligned": "primitives, aligned",
    PADING: "PADing",
}
SHOWN, SIDE = 6, 96  # images, and pixels of each
LOOKED = 200  # images of unseen classes, at most, that real embeddings are taken from
CLASSES, EACH = 7, 40  # unseen classes, and embeddings of each, real ones and generated ones
VOID = -1


class Settings(params.Params):
    evaluate_segmentation: Inference
    size: Size  # of the segmenter's images


@dataclass(frozen=True)
class Cell:
    """What earlier stages left.

    Attributes:
        dataset: its name.
        truth: of the evaluation images.
        models: of each row.
        settings: of the evaluation.
    """

    dataset: str
    truth: SegmentationTruth
    models: Mapping[str, Model]
    settings: Settings

    def answers(self, images: Labels) -> list[Answer]:
        """What the segmenter says of some images."""
        pictures, size = self.truth.evaluation.pictures, self.settings.size
        return list(answering.answered(self.dataset, pictures, images.tolist(), size))

    def of_unseen(self) -> Labels:
        """The table's rows of segments of unseen classes, crowds aside, (n, 4)."""
        table = self.truth.evaluation.segments
        return table[~self.truth.seen[table[:, CLASS]] & (table[:, CROWD] == 0)]


def main(dataset: str) -> None:
    at, folder = cell(dataset), paths.evaluation(PADING, dataset)
    something = bool(at.models) and len(at.of_unseen()) > 0
    leave(segmented(at) if something else None, folder, "segmentation")
    leave(generated(at) if something else None, folder, "embedding")


def cell(dataset: str) -> Cell:
    """What earlier stages left; no model where PADing is not listed."""
    return Cell(
        dataset,
        load_truth(paths.prepared(dataset)),
        answering.models(dataset),
        params.load(paths.config(dataset, "evaluate_segmentation"), Settings),
    )


def segmented(at: Cell) -> Drawn:
    """Some images, their truth, and what the first seed of each row answers (Figure 6)."""
    annotated, images = at.truth.evaluation, shown(at.of_unseen())
    palette = colours(at.truth.seen)
    rows = {
        "image": [annotated.pictures[i].pixels() for i in images.tolist()],
        "truth": [painted(true_classes(annotated, i), palette) for i in images.tolist()],
    }
    answers = at.answers(images)
    for row, model in at.models.items():
        rows[TITLES[row]] = [painted(answered(at, model, each), palette) for each in answers]
    above = [", ".join(at.truth.class_names[c] for c in unseen_of(at, i)) for i in images.tolist()]
    squares = {row: fitted(each, SIDE) for row, each in rows.items()}
    picture = svg(reconstruction(squares, above, f"{at.dataset}: segmented images"))
    caption = (
        "Images with segments of unseen classes, which are named above them, their truth, and what "
        "the first seed of each row answers. Colours are classes: pale ones seen, strong ones "
        "unseen, white is void. Chosen by the truth, drawn after training; nothing was chosen on "
        "it."
    )
    return Drawn(picture, caption)


def shown(segments: Labels) -> Labels:
    """Positions of the first image of each of a few unseen classes, spread over them; each once.

    Args:
        segments: of unseen classes, as in a table.
    """
    _, first = np.unique(segments[:, CLASS], return_index=True)
    images = list(dict.fromkeys(segments[first, IMAGE].tolist()))
    return np.array(images)[spread(len(images), SHOWN)]


def unseen_of(at: Cell, image: int) -> list[int]:
    """The unseen classes in an image."""
    classes = np.unique(at.truth.evaluation.of(image)[:, 1])
    return classes[~at.truth.seen[classes]].tolist()


def true_classes(annotated: Annotated, image: int) -> Labels:
    """The class of each pixel, (H, W), void where it has none; later instances lie above."""
    classes, masks = annotated.of(image)[:, 1], annotated.masks(image)
    found = np.full(masks.shape[1:], VOID)
    for c, mask in zip(classes.tolist(), masks, strict=True):
        found[mask] = c
    return found


def answered(at: Cell, model: Model, answer: Answer) -> Labels:
    """The class of each pixel, (H, W): by the panoptic merge unless the truth is semantic."""
    classes = softmax(model.logits(answer.embeddings)[0].astype(np.float64), axis=-1)
    masks, things = probabilities(answer), at.truth.things
    if at.truth.evaluation.task == "semantic":
        return merge.semantic(classes, masks, things)
    found = merge.panoptic(classes, masks, things, at.settings.evaluate_segmentation.merge)
    of = np.array([VOID, *(segment.label for segment in found.segments)])
    return of[found.map]


def generated(at: Cell) -> Drawn | None:
    """Real embeddings of unseen classes beside generated ones (Figure 5); None without either."""
    makers = {row: model for row, model in at.models.items() if model.generators}
    if not makers:
        return None
    x, y = real(at)
    if len(x) < 3:
        return None
    classes = np.unique(y)
    panels = {}
    for row, model in makers.items():
        made = model.synthesised(classes.tolist(), EACH, 0)[0]
        both = layout(np.concatenate([x, made.reshape(-1, made.shape[-1])]))
        panels[TITLES[row]] = Points(both[: len(x)], y, both[len(x) :], classes.repeat(EACH))
    names = {c: at.truth.class_names[c] for c in classes.tolist()}
    title = f"{at.dataset}: embeddings of segments of unseen classes"
    caption = (
        "t-SNE, for each generator by itself, of embeddings of the segmenter for segments of "
        f"{len(classes)} unseen classes in evaluation images (dots: queries whose mask covers a "
        "true segment with an IoU above 0.5) and of what the first seed generates for these "
        "classes (crosses). The truth was used to draw this, after training; nothing was chosen "
        "on it."
    )
    return Drawn(svg(synthesised(panels, names, colours(at.truth.seen), title)), caption)


def real(at: Cell) -> tuple[Array, Labels]:
    """Embeddings (n, d) of queries that found a segment of an unseen class, and the classes."""
    table = at.of_unseen()
    classes = np.unique(table[:, CLASS])
    classes = classes[spread(len(classes), CLASSES)]
    images = np.unique(table[np.isin(table[:, CLASS], classes), IMAGE])
    images = images[spread(len(images), LOOKED)]
    x, y = [], []
    for image, answer in zip(images.tolist(), at.answers(images), strict=True):
        of = at.truth.evaluation.of(image)
        wanted = np.isin(of[:, 1], classes) & (of[:, 2] == 0)
        masks = at.truth.evaluation.masks(image)[wanted]
        segments, queries = found_by(masks, probabilities(answer) > 0.5)
        x.append(answer.embeddings[queries].astype(np.float32))
        y.append(of[wanted, 1][segments])
    return some(np.concatenate(x), np.concatenate(y))


def found_by(segments: Mask, queries: Mask) -> tuple[Labels, Labels]:
    """Segments whose best query covers them with an IoU above 0.5, and these queries.

    Args:
        segments: masks, (n, H, W).
        queries: masks, (Q, H, W).
    """
    true, own = (each.reshape(len(each), -1).astype(np.float64) for each in (segments, queries))
    shared = true @ own.T
    union = true.sum(1)[:, None] + own.sum(1) - shared
    iou = shared / np.maximum(union, 1)
    found = np.flatnonzero(iou.max(1) > 0.5)
    return found, iou.argmax(1)[found]


def some(x: Array, y: Labels) -> tuple[Array, Labels]:
    """At most `EACH` of every class, spread over them."""
    each: Sequence[Labels] = [np.flatnonzero(y == c) for c in np.unique(y)]
    rows = np.concatenate([np.zeros(0, np.int64), *(own[spread(len(own), EACH)] for own in each)])
    return x[rows], y[rows]


if __name__ == "__main__":
    enter(main)
