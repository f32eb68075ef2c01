"""Fine-tuning, extraction and conversion under torchrun, against the same in one process."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
import safetensors.torch
import torch

from tests.torchrun import run_two
from zslcore.features import backbone, store
from zslcore.features.compute import compute
from zslcore.features.images import Images
from zslcore.features.region_maps import take
from zslcore.runtime.run import Run

ROOT = Path(__file__).parents[2]
# double precision where training is compared: what is left there is no matter of rounding
WORKER = """
import sys, torch, numpy as np
from pathlib import Path
from zslcore.features.compute import compute
from zslcore.features.config import Config
from zslcore.features.images import Images
from zslcore.features.region_maps import take
from zslcore.runtime import processes
from zslcore.runtime.run import Run

folder = Path(sys.argv[1])
images = Images(np.load(folder / "images.npy", mmap_mode="r"))
rows = np.load(folder / "rows.npy")
with processes.joined(torch.device("cpu")) as device:
    for name, dtype in (("frozen", torch.float32), ("tuned", torch.float64)):
        torch.set_default_dtype(dtype)
        cfg = Config.model_validate_json((folder / f"{name}.json").read_text())
        run = Run.logging_to(folder / f"{name}.{processes.rank()}.log", device, seeds=(0,))
        compute(images, {"test": (rows, rows % 2)}, folder / name, cfg, run)
    take(folder / "maps.hdf5", None, folder / "maps", {})
"""


@pytest.fixture(scope="module")
def configs(settings):
    """Eleven images in batches of six and five: the second is shared out unevenly."""
    return {"frozen": settings(finetune={"epochs": 0}), "tuned": settings(finetune={"epochs": 3})}


@pytest.fixture(scope="module")
def rows():
    return np.arange(11)


@pytest.fixture(scope="module")
def two(configs, rows, pixels, tmp_path_factory):
    """The folder that two processes of torchrun wrote to."""
    folder = tmp_path_factory.mktemp("two")
    np.save(folder / "images.npy", pixels)
    np.save(folder / "rows.npy", rows)
    with h5py.File(
        folder / "maps.hdf5", "w"
    ) as file:  # five images to a block: two and one of them
        maps = np.random.default_rng(0).normal(size=(11, 2048, 14, 14))
        file.create_dataset("feature_map", data=maps.astype(np.float32))
    for name, cfg in configs.items():
        (folder / f"{name}.json").write_text(cfg.model_dump_json())
    run_two(folder, WORKER)
    return folder


def test_extraction_gives_the_same_bytes(two, configs, rows, pixels, tmp_path):
    compute(Images(pixels), {"test": (rows, rows % 2)}, tmp_path, configs["frozen"], Run())
    names = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.relative_to(two / "frozen") for path in (two / "frozen").rglob("*.*")} == names
    for name in names:
        assert (two / "frozen" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_conversion_gives_the_same_bytes(two, tmp_path):
    take(two / "maps.hdf5", None, tmp_path, {})
    names = {path.name for path in tmp_path.iterdir()}
    assert {path.name for path in (two / "maps").iterdir()} == names
    for name in names:
        assert (two / "maps" / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.fixture
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.usefixtures("double")
def test_training_gives_the_same_weights_and_log(two, configs, rows, pixels, tmp_path):
    """Six updates with uneven shares, batch norm's running statistics included."""
    records = []
    compute(
        Images(pixels),
        {"test": (rows, rows % 2)},
        tmp_path,
        configs["tuned"],
        Run(log=records.append),
    )
    ours, theirs = (
        safetensors.torch.load_file(folder / "test-backbone" / "backbone.safetensors")
        for folder in (tmp_path, two / "tuned")
    )
    start = backbone.build(configs["tuned"], seed=0).model.state_dict()
    for name, value in ours.items():
        torch.testing.assert_close(theirs[name], value, rtol=1e-9, atol=1e-12)
    assert not torch.allclose(ours["conv1.0.weight"], start["conv1.0.weight"], atol=1e-3)
    logged = [json.loads(line) for line in (two / "tuned.0.log").read_text().splitlines()]
    for one, other in zip(records, logged, strict=True):
        assert other == pytest.approx(one)
    assert (two / "tuned.1.log").read_text() == "", "only the first process logs"


def test_features_of_the_tuned_backbone_cover_every_image(two, pixels):
    pooled = store.load(two / "tuned", "test").pooled
    assert len(np.unique(np.asarray(pooled), axis=0)) == len(pixels)
