"""How captions become word ids, and words vectors."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveInt, model_validator

from zslcore.runtime.params import Params


class Ppmi(Params):
    """Vectors from the captions.

    Attributes:
        window: words to either side that count as neighbours.
        smoothing: exponent on the frequencies of contexts; 1 = as they are.
        power: of the singular values; 1 = U S, 0.5 = U sqrt(S), 0 = U.
    """

    window: PositiveInt
    smoothing: Annotated[float, Field(gt=0, le=1)]
    power: NonNegativeFloat


class Vectors(Params):
    """Where word vectors are from; what one way needs, another ignores.

    Attributes:
        by: file = read from `path`; captions = made from the training captions; learned = by the
            text encoder, with the rest of it.
        path: of word2vec, GloVe or fastText vectors, which have a dimension of their own; .npy =
            vectors of whole captions, see `sentences`.
        dimension: otherwise; of captions at most the number of words.
        ppmi: of captions only.
    """

    by: Literal["file", "captions", "learned"]
    path: str | None
    dimension: PositiveInt
    ppmi: Ppmi

    @model_validator(mode="after")
    def _file_has_a_path(self) -> Self:
        if self.by == "file" and not self.path:
            raise ValueError(
                "by file needs the path of one; name it, or make vectors by captions or learned"
            )
        return self


class Text(Params):
    """From captions to ids.

    Attributes:
        vocabulary: most words that have an id of their own, by their frequency in training.
        length: words of a caption that are kept.
        keep: which ones of a longer caption.
        vectors: of the words.
    """

    vocabulary: PositiveInt
    length: PositiveInt
    keep: Literal["first", "last"]
    vectors: Vectors
