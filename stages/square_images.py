"""Store a dataset's images as squares, once: python -m stages.square_images DATASET.

Methods that train on images cut their crops out of these. There are none where no method asks for
them, or where the source brought features and no images.
"""

import shutil

from stages import paths
from stages.entry import enter
from zslcore.data import dataset_store
from zslcore.features.images import Images
from zslcore.methods.spaen.config import Crops
from zslcore.methods.spaen.crops import write_squares
from zslcore.runtime import params


class Settings(params.Params):
    listed: bool
    crops: Crops


def main(dataset: str) -> None:
    settings = params.load(paths.config(dataset, "square_images"), Settings)
    images, out = dataset_store.load_images(paths.prepared(dataset)), paths.squares(dataset)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    if settings.listed and images is not None:
        write_squares(Images(images), settings.crops.resize, out / "images.npy")


if __name__ == "__main__":
    enter(main)
