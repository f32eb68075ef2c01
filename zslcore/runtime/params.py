"""Checked settings: immutable objects from plain values, with messages for people."""

import json
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from zslcore.runtime.mistakes import explain

P = TypeVar("P", bound="Params")
T = TypeVar("T")


class ParamsError(ValueError):
    """Something in the settings is wrong; the message has one line per mistake."""


class Params(BaseModel):
    """A section of params.yaml: immutable, with exactly the declared keys.

    There are no defaults: a number stands in params.yaml or nowhere.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


Grid = Annotated[tuple[T, ...], Field(min_length=1), BeforeValidator(_as_tuple)]
"""Values to choose from on the validation phase; a single value is a choice already made."""


def check(cls: type[P], values: Any, where: str = "") -> P:
    """Values as an object of this class.

    Raises:
        ParamsError: with one line per mistake: the key's path, what is there, what is allowed.
    """
    try:
        return cls.model_validate(values)
    except ValidationError as error:
        prefix = (where,) if where else ()
        lines = [explain(cls, mistake, prefix) for mistake in error.errors(include_url=False)]
        raise ParamsError("\n".join(lines)) from None


def load(path: Path, cls: type[P]) -> P:
    """What `configure` wrote for a stage."""
    return check(cls, json.loads(path.read_text(encoding="utf-8")), str(path))
