"""PADing's settings as the stages have them: its own, and what is trained beside it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Self

from pydantic import NonNegativeInt, model_validator

from zslcore.methods.pading.config import Config

PADING = "pading"


class Row(NamedTuple):
    """What a row of Tables 1 and 2 has of the whole method."""

    generator: str
    align: bool = False


ROWS: Mapping[str, Row] = {  # in the paper's order; the settings as they are come last
    "supervised": Row("none"),
    "projection": Row("projection"),
    "gmmn": Row("gmmn"),
    "primitives": Row("primitives"),
    "aligned": Row("primitives", align=True),
}
Name = Literal["supervised", "projection", "gmmn", "primitives", "aligned"]


class Pading(Config):
    """The section `pading` of params.yaml."""

    compare: tuple[Name, ...]  # rows to be trained beside it
    unmatched: NonNegativeInt  # embeddings of "no object" that are held; 0 = all

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.compare)) < len(self.compare):
            raise ValueError(f"compare: a row is listed twice: {list(self.compare)}")
        return self

    def variants(self) -> dict[str, Config]:
        """The method's settings by the name of the row, `pading` last."""
        whole = Config.model_validate(self.model_dump(exclude={"compare", "unmatched"}))
        rows = {name: _variant(whole, row) for name, row in ROWS.items() if name in self.compare}
        return {**rows, PADING: whole}


def _variant(cfg: Config, row: Row) -> Config:
    """No row but the whole method disentangles."""
    values = cfg.model_dump()
    values["generator"] = row.generator
    values["disentangle"]["use"] = False
    if not row.align:
        values["align"]["weight"] = 0.0
    return Config.model_validate(values)
