"""From the settings and a seed to the whole dataset."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import PIL

from zslcore.data.dataset import Dataset
from zslcore.data.problem import Array, Labels
from zslcore.data.sources.shapes.captions import caption
from zslcore.data.sources.shapes.classes import draw_classes
from zslcore.data.sources.shapes.config import ShapesConfig
from zslcore.data.sources.shapes.describe import Description, by_factors, by_sentences
from zslcore.data.sources.shapes.factors import Spec
from zslcore.data.sources.shapes.render import render
from zslcore.data.sources.shapes.scene import draw_scene

# streams of random numbers: none disturbs another
CLASSES, COUNTS, IMAGES, CAPTIONS, SENTENCES = range(5)


def load(cfg: ShapesConfig, name: str, seed: int) -> Dataset:
    """Generate the benchmark; the same settings and seed give the same bytes.

    Raises:
        ValueError: too few seen classes to show every value to the val phase's training part, or
            too few sentences about a class.
    """
    specs = draw_classes(cfg, np.random.default_rng([seed, CLASSES]))
    counts = _counts(cfg, np.random.default_rng([seed, COUNTS]))
    y = np.repeat(np.arange(len(counts)), counts)
    nth = np.concatenate([np.arange(count) for count in counts])  # of its class
    shots = [_shoot(specs[c], (c, i), cfg, seed) for c, i in np.stack([y, nth], 1).tolist()]

    seen = y < cfg.seen_classes
    held_out = nth < _n_held_out(cfg)  # the images of a class are drawn alike: any will do
    described = _describe(specs, cfg, seed)
    return Dataset(
        name=name,
        y=y,
        class_names=[spec.name for spec in specs],
        class_vectors=described.class_vectors,
        trainval=np.flatnonzero(seen & ~held_out),
        test_seen=np.flatnonzero(seen & held_out),
        test_unseen=np.flatnonzero(~seen),
        val_classes=np.arange(cfg.seen_classes - cfg.val_classes, cfg.seen_classes),
        attribute_names=described.attribute_names,
        attribute_vectors=described.attribute_vectors,
        images=np.stack([image for image, _ in shots]),
        captions=[captions for _, captions in shots],
        provenance=_provenance(cfg, seed, described),
        notes=described.notes,
    )


def _describe(specs: Sequence[Spec], cfg: ShapesConfig, seed: int) -> Description:
    if cfg.class_vectors == "attributes":
        return by_factors(specs)
    streams = [np.random.default_rng([seed, SENTENCES, c]) for c in range(len(specs))]
    return by_sentences(specs, cfg, streams)


def _counts(cfg: ShapesConfig, rng: np.random.Generator) -> Labels:
    """Images of each class; those of unseen classes grow by a constant factor, in random order."""
    ends = cfg.unseen_images_min, cfg.unseen_images_max
    unseen = np.rint(np.geomspace(*ends, cfg.unseen_classes)).astype(np.int64)
    seen = np.full(cfg.seen_classes, cfg.images_per_seen_class)
    return np.concatenate([seen, rng.permutation(unseen)])


def _n_held_out(cfg: ShapesConfig) -> int:
    """Test images of each seen class: at least one, and two are left to train on."""
    n = cfg.images_per_seen_class
    return min(max(1, round(cfg.test_share * n)), n - 2)


def _shoot(
    spec: Spec, where: tuple[int, int], cfg: ShapesConfig, seed: int
) -> tuple[Array, tuple[str, ...]]:
    """An image, uint8, and its captions; `where` is its class and its number in the class."""
    rng = np.random.default_rng([seed, IMAGES, *where])
    scene = draw_scene(cfg, rng)
    image = render(spec, scene, cfg.image_size)
    image += cfg.noise * rng.standard_normal(image.shape)
    rng = np.random.default_rng([seed, CAPTIONS, *where])
    captions = tuple(caption(spec, scene, cfg, rng) for _ in range(cfg.captions_per_image))
    return np.rint(image).clip(0, 255).astype(np.uint8), captions


def _provenance(cfg: ShapesConfig, seed: int, described: Description) -> dict[str, Any]:
    return {
        "generator": "shapes",
        "split": {"name": "generated"},
        "class_vectors": dict(described.origin),
        "version": 1,
        "seed": seed,
        "settings": cfg.model_dump(exclude={"class_vectors", "sentences_per_class"}),  # above
        "numpy": np.__version__,
        "pillow": PIL.__version__,
    }
