"""What of the generated scenes can be set."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveInt, model_validator

from zslcore.runtime.params import Params

Share = Annotated[float, Field(ge=0, le=1)]


class ScenesConfig(Params):
    """How many scenes there are, what they look like, and what describes the classes.

    Attributes:
        size: pixels, side of the square image.
        train: scenes drawn for training, before those with an unseen class are left out.
        val: scenes of all classes, for evaluation.
        mixed: chance that a training scene is drawn from all classes, not from seen ones alone.
        things: most things in a scene.
        noise: sd of the pixel noise, grey levels.
        class_vectors: attributes = what the classes are made of; projected = these, mixed at
            random, as those of a text encoder are.
        vector_size: numbers in a projected vector.
        vector_noise: length of the noise in a projected vector, as a share of its own, about.
    """

    source: Literal["scenes"]
    size: Annotated[int, Field(ge=32, le=512)]
    train: PositiveInt
    val: PositiveInt
    mixed: Share
    things: Annotated[int, Field(ge=1, le=8)]
    noise: Annotated[float, Field(ge=0, le=100)]
    class_vectors: Literal["attributes", "projected"]
    vector_size: PositiveInt
    vector_noise: NonNegativeFloat

    @model_validator(mode="after")
    def _something_is_left(self) -> Self:
        if self.mixed == 1:
            raise ValueError(
                "mixed is 1: nearly every scene would have an unseen class, so that none would be "
                "left to train on; allowed: below 1"
            )
        return self
