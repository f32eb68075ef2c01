"""Settings of the source of COCO's segmentation files."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from zslcore.runtime.params import Params

Name = Annotated[str, Field(min_length=1)]


class Files(Params):
    """Where images and annotations are; all are names below the dataset's folder.

    Attributes:
        images: the folder of images.
        annotations: the JSON of panoptic segments or of instances; None for semantic maps.
        maps: the folder of PNGs; None for instances.
    """

    images: Name
    annotations: Name | None
    maps: Name | None


class ClassVectors(Params):
    """Where the classes' vectors are from; what one way needs, another ignores.

    Attributes:
        by: clip = the mean of a text encoder's answers to prompts; word2vec = a file of word
            vectors; zsi = the text that ZSI publishes; file = a .csv or .npz of given vectors.
        path: of the file, below the dataset's folder; None for clip.
        model: for clip a local folder, or a name on the hub.
        prompts: for clip, with {} for the class name.
        names: for clip; given = as in the file (as published), words = without hyphens and the
            words merged, other and stuff. Word vectors always take these words.
        norm: scale every vector to unit length, or leave it.
    """

    by: Literal["clip", "word2vec", "zsi", "file"]
    path: Name | None
    model: Name | None
    prompts: tuple[str, ...]
    names: Literal["given", "words"]
    norm: Literal["l2", "none"]

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.by != "clip" and self.path is None:
            raise ValueError(f"class vectors by {self.by} need the path of a file")
        if self.by == "clip" and self.model is None:
            raise ValueError("class vectors by clip need a model: a local folder, or a hub name")
        if self.by == "clip" and not self.prompts:
            raise ValueError("class vectors by clip need at least one prompt")
        if wrong := [prompt for prompt in self.prompts if prompt.count("{}") != 1]:
            raise ValueError(f"prompt {wrong[0]!r} is to have {{}} once, where the name goes")
        return self


class CocoConfig(Params):
    """Which files of the dataset's folder to read, and how.

    Attributes:
        task: what the annotations are.
        split: a published split, or None where the unseen classes are given.
        unseen: their names; () where the split says which.
        train: images that may be trained on, if no unseen class is in them.
        val: images for evaluation.
        categories: for semantic, a JSON of the maps' categories with `isthing`, below the
            dataset's folder; None = COCO-Stuff's 171.
        limit: at most so many images of each, the first ones; None = all.
        class_vectors: what describes the classes.
    """

    source: Literal["coco"]
    task: Literal["panoptic", "instance", "semantic"]
    split: (
        Literal["panoptic_119_14", "coco_stuff_156_15", "instances_48_17", "instances_65_15"] | None
    )
    unseen: tuple[str, ...]
    train: Files
    val: Files
    categories: Name | None
    limit: PositiveInt | None
    class_vectors: ClassVectors

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.split is None) == (not self.unseen):
            raise ValueError(
                f"split is {self.split!r} and {len(self.unseen)} unseen classes are named; name a "
                "published split, or else the unseen classes"
            )
        if self.class_vectors.by == "zsi" and self.split is None:
            raise ValueError("class vectors by zsi are in the order of a published split: name it")
        needed = {
            "annotations": self.task != "semantic",
            "maps": self.task != "instance",
        }
        for part in ("train", "val"):
            for key, is_needed in needed.items():
                if (getattr(getattr(self, part), key) is not None) != is_needed:
                    what = "is needed" if is_needed else "is to be null"
                    raise ValueError(f"{part}.{key} {what} for the task {self.task}")
        return self
