"""All features of a dataset, for both phases."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from zslcore.data.problem import Labels
from zslcore.features import store
from zslcore.features.backbone import Backbone, build, save
from zslcore.features.config import Config
from zslcore.features.extract import extract
from zslcore.features.finetune import finetune
from zslcore.features.images import Images
from zslcore.features.store import Files
from zslcore.features.trainer import Training
from zslcore.runtime import processes
from zslcore.runtime.run import Run

Examples = tuple[Labels, Labels]


def compute(
    images: Images, training: Mapping[str, Examples], folder: Path, cfg: Config, run: Run
) -> None:
    """Write features of all images, and the backbones that made them, as `store` describes.

    Args:
        images: of the dataset.
        training: for each phase the rows of its training images, and their class ids.
        folder: of the dataset's features.
        cfg: settings.
        run: its first seed is that of random weights and of the fine-tuning.
    """
    if cfg.finetune.epochs == 0:
        files = Files(folder, store.PHASES, cfg.regions)
        _write(build(cfg, run.seeds[0]), images, files, cfg, run)
        return
    for phase, (rows, y) in training.items():
        backbone = build(cfg, run.seeds[0])
        tuned = finetune(backbone, Training(images, rows, y), cfg, _of_phase(run, phase))
        _write(tuned, images, Files(folder, [phase], cfg.regions), cfg, run)


def _of_phase(run: Run, phase: str) -> Run:
    scratch = run.scratch / phase if run.scratch else None
    return replace(run, scratch=scratch, log=lambda record: run.log({"phase": phase, **record}))


def _write(backbone: Backbone, images: Images, files: Files, cfg: Config, run: Run) -> None:
    extract(backbone, images, files, cfg, run.device)
    if processes.first():
        save(backbone, files.backbone)
        store.describe(files, backbone.recipe)
