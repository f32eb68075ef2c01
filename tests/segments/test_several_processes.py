"""Pre-training and embedding under torchrun, against the same in one process."""

import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from tests.segments.made_up import scenes, settings, training
from tests.torchrun import run_two
from zslcore.runtime.run import Run
from zslcore.segments import answers, embed
from zslcore.segments.config import Embed, Size
from zslcore.segments.model import Segmenter
from zslcore.segments.pretrain import pretrain

ROOT = Path(__file__).parents[2]
# five images of a step and one without segments: shares of two and three, with unequal masks;
# nothing is clipped, so that the length of gradients shows
CHANGES = {"batch_size": 5, "steps": 3, "optimizer.clip": 1.0e6}
WORKER = """
import sys, torch
from pathlib import Path
from tests.segments.test_several_processes import CHANGES, SCENES, kept, train
from zslcore.runtime import processes
from zslcore.runtime.run import Run

folder = Path(sys.argv[1])
with processes.joined(torch.device("cpu")) as device:
    torch.set_num_threads(1)
    kept(folder / "kept")
    torch.set_default_dtype(torch.float64)
    run = Run.logging_to(folder / f"{processes.rank()}.log", device, seeds=(0,))
    found = train(run)
    found.save(folder / f"{processes.rank()}")
"""


def drawn():
    made = scenes(7)
    made[2] = (made[2][0], np.zeros_like(made[2][1]), [])
    return training(made)


SCENES = drawn()


def train(run):
    return pretrain(SCENES, settings(CHANGES), run)


def kept(folder):
    """Embeddings and answers of a segmenter with random weights."""
    cfg = settings()
    segmenter = Segmenter.random(cfg.network, (0, 2, 3), 4, 0)
    how = Embed(batch_size=2, passes=2, workers=0)
    embed.embed(segmenter, SCENES, folder, (cfg, how), Run())
    size = Size(short=0, long=0)
    answers.cache(segmenter, SCENES.images, folder / "answers", size, torch.device("cpu"))


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """The folder that two processes of torchrun wrote to."""
    folder = tmp_path_factory.mktemp("two")
    run_two(folder, WORKER)
    return folder


@pytest.fixture
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.usefixtures("double")
def test_training_gives_the_same_weights_and_log(two, tmp_path):
    """Double precision: what is left there is no matter of rounding.

    Some biases have no gradient, as those of keys and before a norm, but for rounding; Adam makes a
    step of that, so more is allowed where next to nothing was learned.
    """
    records = []
    train(Run(log=records.append)).save(tmp_path)
    ours, theirs = (
        safetensors.torch.load_file(folder / "segmenter.safetensors")
        for folder in (tmp_path, two / "0")
    )
    start = Segmenter.random(settings(CHANGES).network, (0, 2, 3), 4, 0).state_dict()
    moved = {name for name, value in ours.items() if (value - start[name]).abs().max() > 1e-6}
    assert len(moved) > 0.9 * len(ours)
    for name, value in ours.items():
        atol = 1e-10 if name in moved else 1e-8
        torch.testing.assert_close(theirs[name], value, rtol=1e-9, atol=atol)
    logged = [json.loads(line) for line in (two / "0.log").read_text().splitlines()]
    assert len(logged) == 2
    for one, other in zip(records, logged, strict=True):
        assert other == pytest.approx(one, rel=1e-9)
    assert (two / "1.log").read_text() == "", "only the first process logs"


def test_both_processes_end_with_the_same_weights(two):
    one, other = ((two / name / "segmenter.safetensors").read_bytes() for name in "01")
    assert one == other


def test_embeddings_and_answers_are_the_same(two, tmp_path):
    """But for the last digit: how sums are rounded depends on where arrays lie in memory."""
    kept(tmp_path)
    names = {path.relative_to(tmp_path) for path in tmp_path.rglob("*.*")}
    assert {path.relative_to(two / "kept") for path in (two / "kept").rglob("*.*")} == names
    assert len(names) == 7
    for name in names:
        one, other = tmp_path / name, two / "kept" / name
        if name.suffix != ".npy":
            assert one.read_bytes() == other.read_bytes(), name
            continue
        ours, theirs = np.load(one), np.load(other)
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
        digit = np.finfo(ours.dtype).eps if np.issubdtype(ours.dtype, np.floating) else 0
        np.testing.assert_allclose(theirs, ours, rtol=2 * digit, atol=2 * digit, err_msg=str(name))
