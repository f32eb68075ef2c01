"""How uncertainty is measured."""

from typing import Annotated

from pydantic import Field

from zslcore.runtime.params import Params


class Config(Params):
    """Section `evaluate` of params.yaml."""

    replicates: Annotated[int, Field(ge=10)]
