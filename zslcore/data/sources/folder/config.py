"""Settings of the source of the user's own folder."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from zslcore.runtime.params import Params

Name = Annotated[str, Field(min_length=1)]


class ClassVectors(Params):
    """What describes the classes; what one way needs, another ignores.

    Attributes:
        by: attributes = attributes.csv; encoder = texts.csv through a text encoder; words =
            texts.csv, each text as the mean of its words' vectors.
        model: for encoder, a folder (below the dataset's or anywhere) or a name on the hub; CLIP's
            are taken at their projection.
        pooling: for encoders other than CLIP's: the mean of the tokens' states, or the first one.
        norm: scale every vector to unit length, or leave it.
    """

    by: Literal["attributes", "encoder", "words"]
    model: Name | None
    pooling: Literal["mean", "first"]
    norm: Literal["l2", "none"]


class FolderConfig(Params):
    """What cannot be seen from the files themselves.

    Attributes:
        test_share: of the images of every seen class, held out to be tested on, at least one;
            where images.csv has a column `set`, that decides.
        class_vectors: what describes the classes.
        words: a file of word vectors (word2vec, GloVe, fastText) below the dataset's folder; with
            class vectors by attributes, it gives a vector to each attribute's name; None without.
    """

    source: Literal["folder"]
    test_share: Annotated[float, Field(gt=0, lt=1)]
    class_vectors: ClassVectors
    words: Name | None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.class_vectors.by == "words" and self.words is None:
            raise ValueError("class vectors by words need `words`, the file of word vectors")
        if self.class_vectors.by == "encoder" and self.class_vectors.model is None:
            raise ValueError(
                "class vectors by encoder need `class_vectors.model`: a folder, or a hub name"
            )
        return self
