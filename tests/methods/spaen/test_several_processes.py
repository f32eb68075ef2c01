"""Training on images under torchrun, against the same in one process."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.methods.nested import changed
from tests.methods.spaen.values import SETTINGS
from tests.torchrun import run_two
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.method import fit, load
from zslcore.runtime.run import Run

ROOT = Path(__file__).parents[3]
# double precision: what is left there is no matter of rounding
WORKER = """
import sys, torch, numpy as np
from pathlib import Path
from zslcore.data.problem import Problem, Rows
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.method import fit
from zslcore.runtime import processes
from zslcore.runtime.run import Run

folder = Path(sys.argv[1])
torch.set_default_dtype(torch.float64)
held = np.load(folder / "problem.npz")
given = {name: held[name] for name in ("x", "y", "class_vectors", "seen")}
images = Rows(held["images"], np.arange(len(held["y"])))
problem = Problem(**given, class_names=[str(c) for c in range(6)], images=images)
with processes.joined(torch.device("cpu")) as device:
    for path in sorted(folder.glob("*.json")):
        cfg, name = Config.model_validate_json(path.read_text()), path.stem
        log = folder / f"{name}.{processes.rank()}.log"
        base = Run.logging_to(log, device, seeds=(0, 1))
        run = Run(device, base.seeds, base.log, folder / f"{name}.scratch")
        model = fit(problem, cfg, run)
        if processes.first():
            model.save(folder / name)
"""
CASES = {
    "two_stage": {"generator.freeze": False, "batch": 7},
    "joint": {"schedule": "joint", "crops.train": "random"},
}


@pytest.fixture(scope="module")
def two(tiny, tmp_path_factory):
    """The folder that two processes of torchrun wrote to."""
    folder, p = tmp_path_factory.mktemp("two"), tiny.problem
    np.savez(
        folder / "problem.npz", x=p.x, y=p.y, class_vectors=p.class_vectors, seen=p.seen,
        images=p.images[np.arange(len(p.y))],
    )  # fmt: skip
    for name, changes in CASES.items():
        cfg = Config.model_validate(changed(SETTINGS, changes))
        (folder / f"{name}.json").write_text(cfg.model_dump_json())
    run_two(folder, WORKER)
    return folder


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("name", CASES)
def test_training_gives_the_same_weights_and_log(two, tiny, settings, name):
    """Batches of seven are shared out unevenly."""
    records = []
    ours = fit(tiny.problem, settings(CASES[name]), Run(seeds=(0, 1), log=records.append))
    theirs = load(two / name)
    pairs = [(ours.e, theirs.e), *zip(ours.autoencoders, theirs.autoencoders, strict=True)]
    for one, other in pairs:
        found = other.state_dict()
        for key, value in one.state_dict().items():
            torch.testing.assert_close(found[key], value, rtol=1e-7, atol=1e-10, msg=key)
    logged = [json.loads(line) for line in (two / f"{name}.0.log").read_text().splitlines()]
    for one, other in zip(records, logged, strict=True):
        assert other.pop("phase") == one["phase"]
        assert other == pytest.approx({k: v for k, v in one.items() if k != "phase"}, rel=1e-7)
    assert (two / f"{name}.1.log").read_text() == "", "only the first process logs"


@pytest.mark.usefixtures("float64")
def test_batches_do_matter_to_what_is_compared(two, tiny, settings):
    """Or the test above could not fail: another seed leads elsewhere."""
    ours = fit(tiny.problem, settings(CASES["two_stage"]), Run(seeds=(2, 3)))
    theirs = load(two / "two_stage")
    assert not torch.allclose(ours.e.w1, theirs.e.w1, rtol=1e-3)
