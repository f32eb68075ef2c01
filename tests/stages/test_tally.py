"""What is counted of answers: perfect ones, damaged ones, and of each kind of truth."""

import numpy as np
import pytest

from stages.tally import Asked, Tally
from tests.data.sources.coco import made
from tests.data.sources.scenes.conftest import SETTINGS as SCENES
from zslcore.data import segmentation_store as store
from zslcore.data.sources.coco.load import load
from zslcore.data.sources.scenes.config import ScenesConfig
from zslcore.data.sources.scenes.load import load as load_scenes
from zslcore.segments.config import Inference, Merge

HOW = Inference(merge=Merge(score=0.5, overlap=0.8, mask=0.5), instances=100)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """The truth of some scenes."""
    folder = tmp_path_factory.mktemp("scenes")
    cfg = ScenesConfig(**{**SCENES, "val": 14})
    store.save(load_scenes(cfg, folder, "scenes", 0, None), folder)
    return store.load_truth(folder)


@pytest.fixture(params=["panoptic", "instance", "semantic"])
def small(request, tmp_path):
    """The truth of two images, in each of COCO's layouts."""
    made.write_folder(tmp_path)
    how = {
        "panoptic": made.settings,
        "instance": made.instance_settings,
        "semantic": made.semantic_settings,
    }
    store.save(load(tmp_path, how[request.param](), "small", None), tmp_path)
    return store.load_truth(tmp_path)


def answer(truth, image, told=None):
    """The truth as queries: nearly sure of the class of each segment, and of its pixels.

    Args:
        truth: of all images.
        image: which one.
        told: classes to be answered instead of some classes.
    """
    classes, masks = truth.evaluation.of(image)[:, 1], truth.evaluation.masks(image)
    k = len(truth.things)
    queries = np.full((len(classes), k + 1), 0.01 / k)
    told = [(told or {}).get(c, c) for c in classes.tolist()]
    queries[np.arange(len(classes)), told] = 0.99
    return queries, np.where(masks, 0.98, 0.01).astype(np.float32)


def tallied(truth, told=None, how=HOW):
    tally = Tally(Asked(truth, how))
    for image in range(len(truth.evaluation)):
        queries, masks = answer(truth, image, told)
        tally.add(tally.asked.look(image, masks), queries)
    return tally


def measured(tally):
    true = tally.asked.instances() if "instance" in tally.asked.tasks() else []
    return tally.measure(tally.by_class(true))


def test_the_truth_answered_is_perfect_in_every_task(scenes):
    found = measured(tallied(scenes))
    for key in ("panoptic.pq", "panoptic.sq", "panoptic.rq", "semantic.miou"):
        assert [found[f"{key}.{group}"] for group in ("seen", "unseen", "hm")] == [1, 1, 1]
    for key in ("instance.ap50", "instance.recall50", "box.ap50", "box.recall50"):
        assert [found[f"{key}.{g}"] for g in ("seen", "unseen")] == pytest.approx([1, 1])
    classes = scenes.evaluation.segments[:, 2]
    shown = np.bincount(classes, minlength=28) > 0
    assert found["panoptic.found.unseen"] == (shown & ~scenes.seen).sum()
    assert found["panoptic.absent.seen"] == (~shown & scenes.seen).sum()
    things = scenes.things
    assert found["instance.absent.seen"] == (~shown & scenes.seen & things).sum()


def test_unseen_classes_answered_as_seen_ones_are_lost_in_every_task(scenes):
    """Each unseen class as the class before or after it, which has its hue and is seen."""
    told = {c: c + 1 if c % 2 == 0 else c - 1 for c in np.flatnonzero(~scenes.seen).tolist()}
    assert scenes.seen[list(told.values())].all()
    found = measured(tallied(scenes, told))
    for key in ("panoptic.pq", "semantic.miou"):
        assert found[f"{key}.unseen"] == 0
        assert 0.5 < found[f"{key}.seen"] < 1
    for key in ("instance.ap50", "box.ap50"):  # what is hardly likely is a detection, too
        assert found[f"{key}.unseen"] < 0.1
        assert 0.5 < found[f"{key}.seen"] < 1
    assert found["panoptic.found.unseen"] == 0


def test_instances_are_things_only(scenes):
    asked = Asked(scenes, HOW)
    true, tally = asked.instances(), tallied(scenes)
    classes = scenes.evaluation.segments[:, 2]
    assert len(true) == scenes.things[classes].sum()
    number = np.flatnonzero(scenes.things)
    counts = np.bincount([number[each.label] for each in true], minlength=28)
    expected = np.bincount(classes, minlength=28) * scenes.things
    np.testing.assert_array_equal(counts, expected)
    assert {each.label for each in tally.found} <= set(range(16))
    best = [each for each in tally.found if each.score > 0.9]
    assert sorted((e.image, e.label) for e in best) == sorted((e.image, e.label) for e in true)
    by_class = tally.by_class(true)
    for name in ("instance.ap50", "box.recall50"):
        assert np.isnan(by_class[name][~scenes.things]).all()


def test_things_may_be_any_of_the_classes(scenes):
    """The first two classes are stuff here, so that numbers of things are not those of classes."""
    things = scenes.things & (np.arange(28) > 1)
    changed = type(scenes)(scenes.evaluation, scenes.class_names, things, scenes.seen)
    tally = tallied(changed)
    by_class = tally.by_class(tally.asked.instances())
    shown = np.bincount(scenes.evaluation.segments[:, 2], minlength=28) > 0
    for name in ("instance.ap50", "box.recall50"):
        np.testing.assert_allclose(by_class[name][things & shown], 1)
        assert np.isnan(by_class[name][~(things & shown)]).all()


def test_boxes_are_judged_by_themselves(scenes):
    """Of every thing only the rim is answered: the box is right, the mask is not."""
    tally = Tally(Asked(scenes, HOW))
    for image in range(len(scenes.evaluation)):
        queries, masks = answer(scenes, image)
        for mask in masks:
            inside = mask > 0.5
            rows, columns = (np.flatnonzero(inside.any(axis)) for axis in (1, 0))
            mask[rows[0] + 1 : rows[-1], columns[0] + 1 : columns[-1]] = 0.01
        tally.add(tally.asked.look(image, masks), queries)
    found = measured(tally)
    assert found["box.ap50.seen"] > 0.9
    assert found["instance.ap50.seen"] < 0.5


def test_settings_of_the_inference_count(scenes):
    whole = measured(tallied(scenes))
    strict = HOW.model_copy(update={"merge": HOW.merge.model_copy(update={"score": 0.995})})
    assert measured(tallied(scenes, how=strict))["panoptic.pq.seen"] == 0
    one = HOW.model_copy(update={"instances": 1})
    assert measured(tallied(scenes, how=one))["instance.recall50.seen"] < 1
    assert whole["instance.recall50.seen"] == pytest.approx(1)


def test_tasks_are_those_of_the_truth(small):
    """The cow, which alone is unseen, is a crowd: no instance of an unseen class is to be found."""
    tally = tallied(small)
    task = small.evaluation.task
    true = tally.asked.instances() if "instance" in tally.asked.tasks() else []
    names = {name.split(".")[0] for name in tally.by_class(true)}
    expected = {
        "panoptic": {"panoptic", "instance", "box", "semantic"},
        "instance": {"instance", "box"},
        "semantic": {"semantic"},
    }
    assert names == expected[task]
    if task == "semantic":
        found = measured(tally)
        assert found["semantic.miou.seen"] == found["semantic.miou.unseen"] == 1
        return
    others = [False, False] if task == "instance" else []  # whose categories all are things
    assert [each.crowd for each in true] == [True, False, *others]
    with pytest.raises(ValueError, match="unseen classes: none of these 1 occurs"):
        measured(tally)


def test_without_unseen_things_there_are_no_instances_to_measure(scenes):
    seen = scenes.seen | scenes.things
    changed = type(scenes)(scenes.evaluation, scenes.class_names, scenes.things, seen)
    tally = tallied(changed)
    assert tally.asked.tasks() == ["panoptic", "semantic"]
    assert tally.found == []
    assert measured(tally)["panoptic.pq.unseen"] == 1
