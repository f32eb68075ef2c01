"""Where the stages of segmentation leave what they make."""

from pathlib import Path

from stages import paths


def segmenter(dataset: str) -> Path:
    """Mask2Former, trained on seen classes."""
    return paths.DATA / "models" / "segmenter" / dataset


def pading(dataset: str) -> Path:
    """A folder per row, and `rows.json`."""
    return paths.DATA / "models" / "pading" / dataset


def segments(dataset: str) -> Path:
    """What the segmenter says: of training images in problem/, of the others in evaluation/."""
    return paths.DATA / "segments" / dataset


def log(method: str, dataset: str) -> Path:
    """That of a training."""
    return paths.DATA / "training" / method / dataset / "training.jsonl"
