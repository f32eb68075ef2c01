"""The settings of any source of segmentations, told apart by their `source`."""

from typing import Annotated

from pydantic import Field

from zslcore.data.sources.coco.config import CocoConfig
from zslcore.data.sources.scenes.config import ScenesConfig

SegmentationSource = Annotated[ScenesConfig | CocoConfig, Field(discriminator="source")]
