"""Segmentation files, or generated scenes, become a zero-shot problem and its truth.

python -m stages.prepare_segmentation DATASET
"""

from stages import paths
from stages.entry import enter
from zslcore.data import segmentation_store as store
from zslcore.data.segmentation import SegmentationDataset
from zslcore.data.segmentation_card import card, markdown
from zslcore.data.sources.coco.load import load as load_coco
from zslcore.data.sources.scenes.config import ScenesConfig
from zslcore.data.sources.scenes.load import load as load_scenes
from zslcore.data.sources.segmentation_config import SegmentationSource
from zslcore.runtime import params
from zslcore.runtime.files import write_json
from zslcore.text.read_vectors import read as read_words


class Settings(params.Params):
    seed: int
    dataset: SegmentationSource


def main(dataset: str) -> None:
    settings = params.load(paths.config(dataset, "prepare_segmentation"), Settings)
    found = _load(settings, dataset)
    out = paths.prepared(dataset)
    store.save(found, out)
    store.load_problem(out)  # holds what is written to the seen classes
    told = card(found)
    write_json(told, out / "card.json")
    (out / "card.md").write_text(markdown(told), encoding="utf-8")
    counts = ", ".join(f"{key.replace('_', ' ')} {n}" for key, n in found.dropped.items())
    classes = told["classes"]
    print(f"{dataset}: {classes['seen']} seen and {classes['unseen']} unseen classes")
    print(f"{dataset}: training {counts}; {len(found.evaluation)} images for evaluation")
    for part, names in told["absent"].items():
        print(f"{dataset}: {len(names)} classes without a segment in {part}")


def _load(settings: Settings, dataset: str) -> SegmentationDataset:
    if isinstance(settings.dataset, ScenesConfig):
        out = paths.prepared(dataset)
        return load_scenes(settings.dataset, out, dataset, settings.seed, read_words)
    return load_coco(paths.raw(dataset), settings.dataset, dataset, read_words)


if __name__ == "__main__":
    enter(main)
