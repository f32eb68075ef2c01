"""The pictures of segmentation: of which images, segments and embeddings."""

from types import SimpleNamespace

import numpy as np
import pytest

from stages import draw_segmentation
from stages.draw_segmentation import Cell, Settings, found_by, real, shown, some, true_classes
from tests.data.sources.coco import made
from tests.data.sources.scenes.conftest import SETTINGS as SCENES
from zslcore.data import segmentation_store as store
from zslcore.data.sources.coco.load import load
from zslcore.data.sources.scenes.config import ScenesConfig
from zslcore.data.sources.scenes.load import load as load_scenes
from zslcore.segments.answers import Answer

HOW = {"merge": {"score": 0.5, "overlap": 0.5, "mask": 0.5}, "instances": 100}
SETTINGS = Settings.model_validate({"evaluate_segmentation": HOW, "size": {"short": 0, "long": 0}})
D = 28


class Stub:
    """A model that reads the class from the embedding, and generates it back."""

    generators = (1,)

    def logits(self, x):
        rest = np.zeros((*x.shape[:-1], 1), np.float32)
        return 20 * np.concatenate([x, rest], axis=-1)[None].astype(np.float32)

    def synthesised(self, classes, count, seed):
        made = np.eye(D, dtype=np.float32)[list(classes)][None, :, None].repeat(count, 2)
        return made + np.random.default_rng(seed).normal(0, 0.01, made.shape).astype(np.float32)


class Seeing(Cell):
    """A cell whose segmenter finds the truth, and says the class in the embedding."""

    def answers(self, images):
        return [self._answer(image) for image in images.tolist()]

    def _answer(self, image):
        classes, masks = self.truth.evaluation.of(image)[:, 1], self.truth.evaluation.masks(image)
        coarse = masks[:, ::4, ::4]
        logits = np.where(coarse, 8, -8).astype(np.float16)
        x = np.eye(D, dtype=np.float16)[classes]
        return Answer(x, logits, masks.shape[1:], masks.shape[1:])


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    cfg = ScenesConfig(**{**SCENES, "size": 64, "val": 14})
    store.save(load_scenes(cfg, folder, "scenes", 0, None), folder)
    return store.load_truth(folder)


@pytest.fixture
def at(truth):
    return Seeing("toy", truth, {"supervised": SimpleNamespace(generators=(), logits=Stub().logits),
                                 "pading": Stub()}, SETTINGS)  # fmt: skip


def test_images_shown_are_the_first_of_each_unseen_class_once():
    table = np.array([[2, 1, 7, 0], [2, 2, 9, 0], [3, 1, 7, 0], [5, 1, 11, 0]])
    assert shown(table).tolist() == [2, 5]
    many = np.array([[i, 1, i, 0] for i in range(20)])
    found = shown(many)
    assert (len(found), found[0], found[-1]) == (6, 0, 19)


def test_a_query_finds_what_it_covers_by_more_than_half_of_the_union():
    segments, queries = np.zeros((3, 2, 6), bool), np.zeros((3, 2, 6), bool)
    segments[0, 0], segments[1, 1, :4], segments[2, 1, 4:] = True, True, True
    queries[0, 1, 1:4], queries[1, 0, :3], queries[2, 1, 2:4] = True, True, True
    found, by = found_by(segments, queries)
    assert found.tolist() == [1], "3 of 4 pixels; 3 of 6 are not more than half"
    assert by.tolist() == [0]


def test_real_embeddings_are_of_unseen_classes_with_their_labels(at, truth):
    x, y = real(at)
    np.testing.assert_array_equal(x.argmax(1), y)
    assert not truth.seen[y].any()
    table = at.of_unseen()
    assert set(y.tolist()) == set(table[:, 2].tolist())
    assert len(y) > 0.7 * len(table), "but for thin ones, which a quarter of the size blurs"


def test_a_segment_that_no_query_finds_has_no_embedding(at, truth, monkeypatch):
    """The first query of every image is blind; embeddings keep the labels of the others."""
    whole = Seeing._answer

    def blind(self, image):
        found = whole(self, image)
        found.masks[np.flatnonzero(~truth.seen[truth.evaluation.of(image)[:, 1]])[0]] = -8
        return found

    before = len(real(at)[1])
    monkeypatch.setattr(Seeing, "_answer", blind)
    x, y = real(at)
    np.testing.assert_array_equal(x.argmax(1), y)
    assert 0 < len(y) < before


def test_some_of_each_class_are_taken():
    x, y = np.arange(100.0)[:, None], np.repeat([3, 8], [95, 5])
    found, of = some(x, y)
    assert np.bincount(of, minlength=9)[[3, 8]].tolist() == [40, 5]
    assert (found[0], found[39], found[-1]) == (0, 94, 99)
    assert [len(each) for each in some(x[:0], y[:0])] == [0, 0]


def test_rows_of_the_picture_are_image_truth_and_answers(at, truth, monkeypatch):
    drawn = []
    real_plot = draw_segmentation.reconstruction
    monkeypatch.setattr(
        draw_segmentation, "reconstruction", lambda *a: drawn.append(a) or real_plot(*a)
    )
    made = draw_segmentation.segmented(at)
    ((rows, above, _),) = drawn
    assert list(rows) == ["image", "truth", "supervised", "PADing"]
    assert all(images.shape == (len(above), 96, 96, 3) for images in rows.values())
    images = shown(at.of_unseen())
    first = set(truth.evaluation.of(int(images[0]))[:, 1].tolist())
    names = [truth.class_names[c] for c in sorted(first) if not truth.seen[c]]
    assert above[0] == ", ".join(names)
    same = (rows["truth"] == rows["PADing"]).all(-1).mean()
    assert same > 0.85, "answers are the truth, but for the rims of segments"
    assert made.picture.startswith(b"<?xml")


def test_generated_embeddings_have_a_panel_per_generator(at, monkeypatch):
    panels = []
    plot = draw_segmentation.synthesised
    monkeypatch.setattr(draw_segmentation, "synthesised", lambda *a: panels.append(a) or plot(*a))
    made = draw_segmentation.generated(at)
    ((found, names, palette, _),) = panels
    assert list(found) == ["PADing"]
    points = found["PADing"]
    assert points.real.shape == (len(points.of_real), 2)
    classes = np.unique(points.of_real)
    assert points.of_made.tolist() == np.repeat(classes, 40).tolist()
    assert points.made.shape == (40 * len(classes), 2)
    assert names == {c: at.truth.class_names[c] for c in classes.tolist()}
    assert len(palette) == 29
    assert f"{len(classes)} unseen classes" in made.caption
    for c in classes:  # each class's crosses are together, and nearer to its dots than to others
        own = points.made[points.of_made == c].mean(0)
        near = np.linalg.norm(points.real[points.of_real == c] - own, axis=1).mean()
        far = np.linalg.norm(points.real[points.of_real != c] - own, axis=1).mean()
        assert near < far


def test_without_a_generator_there_is_nothing_to_compare(at):
    alone = Seeing("toy", at.truth, {"supervised": at.models["supervised"]}, SETTINGS)
    assert draw_segmentation.generated(alone) is None


def test_the_last_instance_lies_above_and_nothing_is_void(tmp_path):
    made.write_folder(tmp_path)
    store.save(load(tmp_path, made.instance_settings(), "small", None), tmp_path)
    found = true_classes(store.load_truth(tmp_path).evaluation, 0)
    assert found[0].tolist() == [1, 1, 0, 0, -1, -1], "cow, cat, nothing"
    assert found.shape == (4, 6)
