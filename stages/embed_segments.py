"""What the segmenter says of every image, kept once: python -m stages.embed_segments DATASET.

Of training images embeddings of all queries, with the class of what each was matched with, if
anything; of evaluation images, whose truth is not read, embeddings and masks.
"""

import logging
from collections.abc import Sequence

from stages import paths, segmentation
from stages.entry import enter
from stages.training import left_out
from zslcore.data.annotated import Picture
from zslcore.data.segmentation_store import load_problem
from zslcore.runtime import device, params, processes
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run
from zslcore.segments.answers import cache
from zslcore.segments.config import Config, Embed
from zslcore.segments.embed import embed
from zslcore.segments.model import load
from zslcore.segments.source import Pictures, of_problem

MOST = 8 * 2**30  # bytes of masks that are kept


class Settings(params.Params):
    listed: bool
    seed: int
    segmenter: Config
    segment_embeddings: Embed


def main(dataset: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    out = segmentation.segments(dataset)
    training, evaluation = out / "problem", out / "evaluation"
    if left_out("embed_segments", dataset, [], [training, evaluation]):
        return
    settings = params.load(paths.config(dataset, "embed_segments"), Settings)
    problem = load_problem(paths.prepared(dataset))
    how = settings.segmenter, settings.segment_embeddings
    with processes.joined(device.start(read_runtime())) as place:
        run = Run(place, (settings.seed,))
        trained = load(segmentation.segmenter(dataset))
        embed(trained, of_problem(problem), training, how, run)
        evaluation.mkdir(parents=True, exist_ok=True)
        if few(problem.evaluation, settings.segmenter.network.queries):
            pictures = Pictures(problem.evaluation)
            cache(trained, pictures, evaluation, settings.segmenter.size, place)


def few(pictures: Sequence[Picture], queries: int) -> bool:
    """Whether answers to these images can be kept: they have one size, and are not too many.

    The others are answered again when they are evaluated: on COCO, masks would be tens of GB.
    """
    pixels = sum(each.height * each.width for each in pictures)
    bytes_of_masks = 2 * queries * pixels // 16  # float16, at a quarter of the size
    return len({(each.height, each.width) for each in pictures}) == 1 and bytes_of_masks <= MOST


if __name__ == "__main__":
    enter(main)
