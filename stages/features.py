"""Images become features, unless the source brought some: python -m stages.features DATASET."""

import logging
from pathlib import Path

import numpy as np
import torch

from stages import paths
from stages.entry import enter
from zslcore.data import dataset_store
from zslcore.features import region_maps, store
from zslcore.features.compute import compute
from zslcore.features.config import Config
from zslcore.features.images import Images
from zslcore.runtime import device, params, processes
from zslcore.runtime.params_file import read_runtime
from zslcore.runtime.run import Run
from zslcore.runtime.scratch import scratch


class Settings(params.Params):
    seed: int
    features: Config


def main(dataset: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings = params.load(paths.config(dataset, "features"), Settings)
    with processes.joined(device.start(read_runtime())) as place:
        # part of what makes the features, so not left to the machine
        torch.set_num_threads(settings.features.threads)
        if not take_brought(dataset):
            make(dataset, settings, place)


def take_brought(dataset: str) -> bool:
    """Whether the source brought features or region maps, which are then taken as they are."""
    folder, out = paths.prepared(dataset), paths.features(dataset)
    brought, maps = dataset_store.load_features(folder), dataset_store.load_regions(folder)
    if brought is None and maps is None:
        return False
    about = dataset_store.load_about(folder)["provenance"]["features"]
    if maps is not None:
        region_maps.take(maps, brought, out, about)
    elif brought is not None and processes.first():
        store.from_array(brought, out, about)
    return True


def make(dataset: str, settings: Settings, place: torch.device) -> None:
    folder = paths.prepared(dataset)
    images = Images(dataset_store.load_images(folder))
    training = {
        phase: tuple(np.load(folder / phase / "problem" / f"{n}.npy") for n in ("rows", "y"))
        for phase in store.PHASES
    }
    inputs = [paths.config(dataset, "features"), Path("zslcore") / "features", folder / "source"]
    inputs += [folder / phase / "problem" for phase in store.PHASES]
    with scratch(Path("scratch") / "features", inputs, processes.first()) as checkpoints:
        run = Run(place, (settings.seed,), scratch=checkpoints)
        compute(images, training, paths.features(dataset), settings.features, run)


if __name__ == "__main__":
    enter(main)
