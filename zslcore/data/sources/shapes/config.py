"""What of the embedded benchmark can be set."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from zslcore.runtime.params import Params

Share = Annotated[float, Field(ge=0, le=1)]


class ShapesConfig(Params):
    """The numbers of classes and images, and how hard they are to tell apart."""

    source: Literal["shapes"]
    image_size: Annotated[int, Field(ge=32, le=512)]  # pixels, side of the square image
    seen_classes: Annotated[int, Field(le=200)]
    val_classes: Annotated[int, Field(ge=3)]  # of the seen ones, unseen in val
    unseen_classes: Annotated[int, Field(ge=4, le=100)]
    marked_train_classes: Annotated[int, Field(ge=2)]  # of the other seen ones, with mark
    sibling_share: Annotated[float, Field(ge=0, le=0.5)]  # classes one value away from another
    images_per_seen_class: Annotated[int, Field(ge=3)]
    test_share: Annotated[float, Field(gt=0, lt=1)]  # of each seen class's images
    unseen_images_min: PositiveInt  # images of the rarest unseen class
    unseen_images_max: PositiveInt  # images of the most frequent one
    hue_jitter: Annotated[float, Field(ge=0, le=0.1)]  # sd within a class, share of the circle
    noise: Annotated[float, Field(ge=0, le=100)]  # sd of the pixel noise, grey levels
    occlusion: Share  # images with a bar across them
    captions_per_image: PositiveInt
    mention_rate: Share  # chance that a caption tells a given thing
    caption_noise: Share  # chance that what it tells is wrong
    class_vectors: Literal["attributes", "sentences"]
    sentences_per_class: PositiveInt  # about each class, where they make its vector

    @model_validator(mode="after")
    def _numbers_fit(self) -> Self:
        n_train = self.seen_classes - self.val_classes
        if n_train < 30:
            raise ValueError(
                f"seen_classes - val_classes is {n_train}; "
                "at least 30 classes must be left to train on in the val phase"
            )
        if self.marked_train_classes > n_train // 4:
            raise ValueError(
                f"marked_train_classes is {self.marked_train_classes}; allowed: 2 to a quarter "
                f"of seen_classes - val_classes ({n_train // 4}), for the mark must stay rare"
            )
        if self.unseen_images_min > self.unseen_images_max:
            raise ValueError(
                f"unseen_images_min ({self.unseen_images_min}) is above "
                f"unseen_images_max ({self.unseen_images_max})"
            )
        return self
