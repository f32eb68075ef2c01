"""Settings of the xlsa17 source."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from zslcore.data.captions.config import CaptionsConfig
from zslcore.runtime.params import Params


class Captions(CaptionsConfig):
    """Captions of the images.

    Attributes:
        path: a folder, or a JSON, JSONL or CSV file, below the dataset's folder.
    """

    path: Annotated[str, Field(min_length=1)]


class Xlsa17Config(Params):
    """Which files of the dataset's folder to read, and how; all are names below that folder.

    Attributes:
        features: a file of the form of res101.mat; None where features are still to be extracted,
            or are the means of region maps.
        regions: an HDF5 file of region maps of the form of DAZLE's and DEDN's; None without.
        split: att_splits.mat, or another file of that form.
        split_name: name and version of the split, e.g. "proposed-v1"; checked where it is known.
        class_vectors: the file whose `att` describes the classes: att_splits.mat, sent_splits.mat.
        class_vector_norm: scale every class vector to unit length, or leave it.
        negative_attributes: keep negative entries of the class vectors, or set them to zero.
        attribute_names: a text file with one attribute per line, numbered or not, or a .csv with
            a column `des` or `new_des`.
        captions: of the images; None without.
        attribute_vectors: .npy, a vector for each attribute's name, (A, G).
        fold: which of the three validation folds.
        image_labels: from the `labels` of the files, or from the folders of `image_files`.
        seed: draws the validation classes where no file says which they are.
    """

    source: Literal["xlsa17"]
    features: str | None
    regions: str | None
    split: str
    split_name: str
    class_vectors: str
    class_vector_norm: Literal["l2", "none"]
    negative_attributes: Literal["keep", "zero"]
    attribute_names: str | None
    attribute_vectors: str | None
    captions: Captions | None
    fold: Literal[1, 2, 3]
    image_labels: Literal["file", "folders"]
    seed: NonNegativeInt

    @property
    def files(self) -> tuple[str, ...]:
        """The files that must be there, each once."""
        optional = (self.features, self.regions, self.attribute_names, self.attribute_vectors)
        named = {self.split, self.class_vectors, *(name for name in optional if name is not None)}
        return tuple(sorted(named))
