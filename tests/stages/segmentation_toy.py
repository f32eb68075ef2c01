"""All stages of segmentation on a few tiny scenes, in the working directory."""

from contextlib import contextmanager
from pathlib import Path

import pytest

from stages import (
    embed_segments,
    evaluate_segmentation,
    paths,
    prepare_segmentation,
    pretrain_segmenter,
    train_pading,
)
from tests.data.sources.scenes.conftest import SETTINGS as SCENES
from tests.methods.nested import changed
from tests.methods.pading.values import SETTINGS as PADING
from tests.segments.made_up import SETTINGS as SEGMENTER
from zslcore.runtime.files import write_json

TOY = "toy"
SEEDS = (0, 1)
COMPARE = ["gmmn", "supervised"]
INFERENCE = {"merge": {"score": 0.0, "overlap": 0.0, "mask": 0.4}, "instances": 100}
ROWS = ["supervised", "gmmn", "pading"]


def configure(listed=True, **changes):
    """Write the settings of every stage; those of `pading` changed."""
    segmenter = changed(SEGMENTER, {"network.queries": 8, "batch_size": 4, "steps": 4})
    scenes = changed(SCENES, {"size": 64, "val": 14})
    pading = {**changed(PADING, changes), "compare": COMPARE, "unmatched": 20}
    of_both = {"listed": listed, "seed": 0, "segmenter": segmenter}
    kept = {"batch_size": 4, "passes": 1, "workers": 0}
    for stage, values in {
        "prepare_segmentation": {"seed": 0, "dataset": scenes},
        "pretrain_segmenter": of_both,
        "embed_segments": {**of_both, "segment_embeddings": kept},
        "train_pading": {"listed": listed, "seed": 0, "seeds": SEEDS, "pading": pading},
        "evaluate_segmentation": {
            "evaluate_segmentation": INFERENCE,
            "size": SEGMENTER["size"],
        },
    }.items():
        write_json(values, paths.config(TOY, stage))
    Path("params.yaml").write_text("runtime:\n  device: cpu\n  threads: 0\n", encoding="utf-8")


def train():
    """All stages before evaluation; the truth is out of their sight."""
    truth = paths.prepared(TOY) / "truth"
    hidden = truth.rename(truth.with_name("hidden"))
    try:
        for stage in (pretrain_segmenter, embed_segments, train_pading):
            stage.main(TOY)
    finally:
        hidden.rename(truth)


def run():
    """Everything but the pictures."""
    configure()
    prepare_segmentation.main(TOY)
    train()
    evaluate_segmentation.main(TOY)


@contextmanager
def ran(folder):
    """Everything but the pictures, in a folder that is the working directory meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run()
        yield folder


def bytes_below(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
