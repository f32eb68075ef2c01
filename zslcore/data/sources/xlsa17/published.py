"""What is published of the proposed split: its sizes, and the files of its first version.

Sizes: Xian et al. 2019, table 1, https://arxiv.org/abs/1707.00600; FLO counted in its own file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from zslcore.data.dataset import Dataset


@dataclass(frozen=True)
class Sizes:
    """How large a published split is.

    Attributes:
        classes: for training, for validation, unseen.
        images: of trainval, test_seen, test_unseen.
    """

    classes: tuple[int, int, int]
    images: tuple[int, int, int]


SIZES = {
    "sun": Sizes((580, 65, 72), (10320, 2580, 1440)),
    "cub": Sizes((100, 50, 50), (7057, 1764, 2967)),
    "awa1": Sizes((27, 13, 10), (19832, 4958, 5685)),
    "awa2": Sizes((27, 13, 10), (23527, 5882, 7913)),
    "apy": Sizes((15, 5, 12), (5932, 1483, 7924)),
    "flo": Sizes((62, 20, 20), (5631, 1403, 1155)),
}

FILES = {
    "a2358de4eb5612271cdd395bf838cc5fa3e9f0216d8838d5db30d2452e997a75": ("awa1", "proposed-v1"),
    "7d81a8a4a1af17730f987e19f00aaefd7285e019791bc18967bfb5a11538a7ac": ("awa2", "proposed-v1"),
    "ed3d1275149246fb1da3267f70633df4336821e5b15ce9a174659a8432bac922": ("cub", "proposed-v1"),
    "f91369b5ca043cce527f24093224319a086fd69517198a2d3da07b6d67a6119b": ("sun", "proposed-v1"),
    "2889b42280a63b1558315464fcb7797e604336207186ad5ff8ecab268c932e3d": ("apy", "proposed-v1"),
    "f7c2841a236b54c7100f378667ff9a5d1ef7c934a0d3720018c6fffd02ef9a49": ("flo", "proposed-v1"),
}
"""sha256 of att_splits.mat: the dataset and the version of its split."""


def check_name(split: Mapping[str, str]) -> None:
    """A known file of a split goes by its own name; an unknown one by any.

    Args:
        split: its `name`, `file` and `sha256`.

    Raises:
        ValueError: naming both names.
    """
    dataset, known = FILES.get(split["sha256"], ("", split["name"]))
    if split["name"] != known:
        raise ValueError(
            f"split_name is {split['name']!r}, but {split['file']} is the split {known!r} of "
            f"{dataset} (sha256 {split['sha256']})"
        )


def check_sizes(dataset: Dataset, split_name: str) -> None:
    """A dataset of a known name that claims the proposed split has its classes and images.

    Only the first version is held to the number of images: a later one may have moved some.

    Raises:
        ValueError: naming the counts, found and published.
    """
    sizes = SIZES.get(dataset.name.lower())
    if sizes is None or not split_name.startswith("proposed"):
        return
    unseen = len(set(dataset.y[dataset.test_unseen].tolist()))
    val = len(dataset.val_classes)
    classes = (len(dataset.class_names) - unseen - val, val, unseen)
    rows = (dataset.trainval, dataset.test_seen, dataset.test_unseen)
    images = (len(rows[0]), len(rows[1]), len(rows[2]))
    _compare("classes for training, validation and test", classes, sizes.classes)
    if split_name == "proposed-v1":
        _compare("images in trainval, test_seen and test_unseen", images, sizes.images)


def _compare(what: str, found: tuple[int, ...], published: tuple[int, ...]) -> None:
    if found != published:
        raise ValueError(
            f"{what}: {found}; published: {published}. "
            "For a split of your own choose another split_name"
        )
