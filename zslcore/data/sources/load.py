"""The sources, one folder per raw format. Adding one = its folder, and its name here and in config.

Each has `config.py` (its settings) and `load.py`.
"""

from pathlib import Path

from zslcore.data.dataset import Dataset
from zslcore.data.sources.config import Source
from zslcore.data.sources.folder.class_vectors import ByWords
from zslcore.data.sources.folder.config import FolderConfig
from zslcore.data.sources.folder.load import load as load_folder
from zslcore.data.sources.shapes.config import ShapesConfig
from zslcore.data.sources.shapes.generate import load as load_shapes
from zslcore.data.sources.xlsa17.load import load as load_xlsa17


def load(cfg: Source, folder: Path, name: str, seed: int, by_words: ByWords) -> Dataset:
    """The dataset that these settings describe.

    Args:
        cfg: settings of one source.
        folder: where the user put the raw files.
        name: the dataset's key in params.yaml.
        seed: of a generated dataset, and of a split that is drawn.
        by_words: makes vectors of texts out of a file of word vectors.

    Raises:
        ValueError: a raw file is missing, broken or contradicts another; names it.
    """
    if isinstance(cfg, ShapesConfig):
        return load_shapes(cfg, name, seed)
    if isinstance(cfg, FolderConfig):
        return load_folder(folder, cfg, name, seed, by_words)
    return load_xlsa17(folder, cfg, name)
