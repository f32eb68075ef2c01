"""What a source gives: one dataset in the order of its own rows, before it becomes two phases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zslcore.data.problem import Array, Labels


@dataclass(frozen=True)
class Dataset:
    """Everything a source knows. Only `prepare` sees it: it holds every label.

    Row numbers and class ids count from 0, whatever the files did.

    Attributes:
        name: the dataset's key in params.yaml.
        y: class id of every image, int64, (N,).
        class_names: K names; ids are positions in this list.
        class_vectors: float32, (K, A).
        trainval: rows of the training images, all of seen classes.
        test_seen: rows of the evaluation images of seen classes.
        test_unseen: rows of the evaluation images of unseen classes.
        val_classes: ids of the seen classes that play unseen in the val phase.
        attribute_names: A names, or () where the class vectors are not made of attributes.
        attribute_vectors: a vector for each attribute's name, float32, (A, G).
        features: pooled features where the source has them, (N, D).
        regions: a file of region maps where the source has one: HDF5 with `feature_map`,
            (N, C, height, width).
        images: uint8 (N, height, width, 3), or the path of each image, where there are any.
        captions: captions of every image, where there are any.
        provenance: which files, their sha256, the split's name and version; JSON values.
        notes: sentences for the data card: whatever was derived, repaired or is unusual.
    """

    name: str
    y: Labels
    class_names: Sequence[str]
    class_vectors: Array
    trainval: Labels
    test_seen: Labels
    test_unseen: Labels
    val_classes: Labels
    attribute_names: Sequence[str] = ()
    attribute_vectors: Array | None = None
    features: Array | None = None
    regions: Path | None = None
    images: Array | Sequence[Path] | None = None
    captions: Sequence[Sequence[str]] | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
