"""The settings of any source, told apart by their `source`."""

from typing import Annotated

from pydantic import Field

from zslcore.data.sources.folder.config import FolderConfig
from zslcore.data.sources.shapes.config import ShapesConfig
from zslcore.data.sources.xlsa17.config import Xlsa17Config

Source = Annotated[FolderConfig | ShapesConfig | Xlsa17Config, Field(discriminator="source")]
