"""From images to feature files in one pass, by one process or several.

Each process takes whole batches, so that every image is computed in the same company: the files
have the same bytes, whatever the number of processes.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import numpy as np
import torch

from zslcore.features.backbone import Backbone
from zslcore.features.config import Config
from zslcore.features.images import Images
from zslcore.features.loader import inputs
from zslcore.features.row_file import RowFile
from zslcore.features.store import Files
from zslcore.runtime import processes
from zslcore.runtime.progress import counting


def extract(
    backbone: Backbone, images: Images, files: Files, cfg: Config, device: torch.device
) -> None:
    """Write pooled features (N, D) and, if asked for, region maps (N, R, C), both float16.

    Raises:
        ValueError: an image cannot be read, or a feature is not finite in float16.
        OSError: the disk has not room for the files.
    """
    n, size = len(images), cfg.batch_size
    batches = [np.arange(start, min(start + size, n)) for start in range(0, n, size)]
    own = batches[processes.share(len(batches))]
    backbone.model.to(device, memory_format=torch.channels_last)
    with ExitStack() as stack, torch.inference_mode():
        outputs = [stack.enter_context(output) for output in _outputs(files, n, backbone.recipe)]
        total = sum(len(rows) for rows in own)
        advance = stack.enter_context(counting("features", total, "images", processes.first()))
        for rows, x in zip(
            own, inputs(images, own, backbone.preprocess, cfg.workers, device), strict=True
        ):
            for output, values in zip(outputs, backbone(x), strict=True):
                output.write(rows[0], values.half().cpu().numpy())
            advance(len(rows))


def _outputs(files: Files, n: int, recipe: Mapping[str, Any]) -> list[RowFile]:
    files.folder.mkdir(parents=True, exist_ok=True)
    outputs = [RowFile(files.pooled, (n, recipe["pooled"]))]
    if files.regions:
        grid = recipe["regions"]
        shape = (n, grid["height"] * grid["width"], grid["channels"])
        outputs.append(RowFile(files.regions, shape))
    return outputs
