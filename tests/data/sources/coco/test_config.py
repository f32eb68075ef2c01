"""Settings that contradict each other are refused before any work."""

import pytest

from tests.data.sources.coco.made import SETTINGS, instance_settings, semantic_settings, settings

PATHS = SETTINGS["train"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"split": "panoptic_119_14"}, "1 unseen classes are named"),
        ({"unseen": ()}, "name a published split"),
        ({"split": "panoptic_119", "unseen": ()}, "split"),
        ({"vectors": {"by": "zsi"}}, "order of a published split"),
        ({"vectors": {"path": None}}, "by file need the path"),
        ({"vectors": {"by": "clip", "prompts": ("a {}",)}}, "need a model"),
        ({"vectors": {"by": "clip", "model": "m"}}, "at least one prompt"),
        ({"vectors": {"prompts": ("a photo",)}}, "'a photo' is to have {} once"),
        ({"vectors": {"prompts": ("{} or {}",)}}, "is to have {} once"),
        ({"train": {**PATHS, "maps": None}}, "train.maps is needed for the task panoptic"),
        ({"val": {**PATHS, "annotations": None}}, "val.annotations is needed"),
    ],
)
def test_contradictions_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        settings(**changes)


def test_each_task_has_its_own_files():
    with pytest.raises(ValueError, match=r"train\.maps is to be null for the task instance"):
        instance_settings(train=PATHS)
    with pytest.raises(ValueError, match=r"annotations is to be null for the task semantic"):
        semantic_settings(val=PATHS)
