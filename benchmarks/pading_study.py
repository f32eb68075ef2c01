"""PADing's tables, variant by variant: python -m benchmarks.pading_study STUDY DATASET.

Every variant learns from the embeddings that `dvc repro` has kept, with the settings of params.yaml
and its own changes, and is measured on the evaluation images; nothing is chosen on them. Variants
that the result file has are not run again, so a stopped study goes on.

    python -m benchmarks.pading_study pading-ablation scenes
    python -m benchmarks.pading_study pading-primitives scenes --seeds 3
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import command, pading_variants
from benchmarks.command import Study
from benchmarks.options import changed
from benchmarks.pading_variants import Changes
from benchmarks.tables import fill
from stages import paths, segmentation, train_pading
from stages.evaluate_segmentation import counted, measured
from stages.pading import PADING
from stages.tally import Asked
from stages.train_pading import learned_from
from zslcore.data.segmentation_store import load_truth
from zslcore.data.segments import Segments
from zslcore.methods.pading.config import Config
from zslcore.metrics.names import half_width
from zslcore.runtime import device
from zslcore.runtime.params import check
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run
from zslcore.segments.config import Inference, Size

NUMBERS = tuple(
    f"{metric}.{group}"
    for metric in (
        *("panoptic.pq", "panoptic.sq", "panoptic.rq"),
        *("instance.ap50", "box.ap50", "semantic.miou"),
    )
    for group in ("seen", "unseen", "hm")
)
COLUMNS = (
    "variant",
    *(column for name in NUMBERS for column in (name, half_width(name))),
    *("seeds", "seconds", "changes"),
)
SHOWN = {f"PQ {group}": f"panoptic.pq.{group}" for group in ("seen", "unseen", "hm")}

Line = dict[str, float]


@dataclass(frozen=True)
class Cell:
    """A dataset, and how it is run.

    Attributes:
        dataset: its name.
        segments: what is learned from.
        folder: where these embeddings and the segmenter's class layer are.
        asked: what is measured.
        size: of the segmenter's images.
        run: device and seeds.
    """

    dataset: str
    segments: Segments
    folder: Path
    asked: Asked
    size: Size
    run: Run

    def line(self, cfg: Config) -> Line:
        """The numbers of a variant, which is trained here."""
        model = train_pading.fitted(self.segments, self.folder, cfg, self.run)
        (tallies,) = counted(self.dataset, {PADING: model}, self.asked, self.size).values()
        true = self.asked.instances() if "instance" in self.asked.tasks() else []
        found = measured(tallies, [tally.by_class(true) for tally in tallies])
        return {column: found[column] for column in COLUMNS if column in found}


def cell(dataset: str, tree: Mapping[str, Any], seeds: int) -> Cell:
    """What `dvc repro` has left of a dataset."""
    folder = segmentation.segments(dataset) / "problem"
    truth = load_truth(paths.prepared(dataset))
    how = check(Inference, tree["evaluate_segmentation"], "evaluate_segmentation")
    run = Run(device.start(read_runtime()), tuple(tree["seeds"][:seeds]))
    settings = train_pading.Settings(
        listed=True, seed=tree["seed"], seeds=run.seeds, pading=tree["pading"]
    )
    segments = learned_from(dataset, folder, settings)
    size = check(Size, tree["segmenter"]["size"], "segmenter.size")
    return Cell(dataset, segments, folder, Asked(truth, how), size, run)


def settings(tree: Mapping[str, Any], changes: Changes) -> Config:
    """Section `pading` of params.yaml without what stands beside it, values changed."""
    section = {key: value for key, value in tree["pading"].items() if key in Config.model_fields}
    return check(Config, changed(section, changes, "pading"), "pading")


def study(variants: Mapping[str, Changes]) -> Study:
    """Trains and measures all variants that the file does not have yet."""

    def run(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
        asked = {name: {**given, **own} for name, own in variants.items()}
        seeds = len(at.run.seeds)
        fill(asked, seeds, out, COLUMNS, lambda own: at.line(settings(tree, own)), SHOWN)

    return run


STUDIES: dict[str, Study] = {
    "pading-ablation": study(pading_variants.ablation()),
    "pading-primitives": study(pading_variants.primitives()),
    "pading-forms": study(pading_variants.forms()),
}


if __name__ == "__main__":
    command.main(__doc__, STUDIES, cell)
