"""features.npy: features that the user brings, instead of images."""

from pathlib import Path

import numpy as np

from zslcore.data.problem import Array, check_finite
from zslcore.data.sources.folder import images
from zslcore.data.sources.folder.findings import Findings
from zslcore.data.sources.folder.images import FEATURES


def read(folder: Path, findings: Findings) -> Array | None:
    """The features, float32 (N, D), row by row those of images.csv; None where there are none."""
    path = folder / FEATURES
    if not path.exists():
        return None
    if not (folder / images.FILE).exists():
        text = f"has features, but nothing says of which images: add {images.FILE}, a row for each"
        findings.problem(FEATURES, text)
    if (folder / images.FOLDER).is_dir():
        findings.remark(images.FOLDER, f"is not read: {FEATURES} is there and has the images")
    try:
        found: Array = np.load(path, allow_pickle=False)
        _check(found)
    except (OSError, EOFError, ValueError) as error:
        findings.problem(FEATURES, f"{error}; it is to be what numpy.save makes of numbers (N, D)")
        return None
    return np.ascontiguousarray(found, dtype=np.float32)


def check_rows(features: Array, n: int, findings: Findings) -> None:
    """There is one row for each of the n rows of images.csv."""
    if len(features) != n:
        text = f"has {len(features)} rows for {n} in {images.FILE}; there is to be one of each"
        findings.problem(FEATURES, text)


def _check(found: Array) -> None:
    if not isinstance(found, np.ndarray) or found.dtype.kind not in "fiu" or found.ndim != 2:
        kind = f"{found.dtype} {found.shape}" if isinstance(found, np.ndarray) else "an archive"
        raise ValueError(f"is {kind}")
    check_finite("it", found)
