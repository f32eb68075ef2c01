"""What pydantic found wrong, said in one line a person can act on."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel


def nearest(name: str, known: Collection[str]) -> str:
    """The end of a message about an unknown name: the nearest one, and all there are."""
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{hint} (known: {', '.join(sorted(known))})"


def explain(cls: type[BaseModel], mistake: Any, prefix: tuple[str, ...]) -> str:
    """One mistake that pydantic found, in one line."""
    models = [cls]
    shown = list(prefix)
    for part in mistake["loc"][:-1]:
        models, is_tag = _step(models, part)
        shown += [] if is_tag else [str(part)]
    last = str(mistake["loc"][-1]) if mistake["loc"] else ""
    key = ".".join([*shown, last] if last else shown)
    if mistake["type"] == "extra_forbidden":
        return f"{key}: unknown key{nearest(last, {f for m in models for f in m.model_fields})}"
    if mistake["type"] == "missing":
        return f"{key}: missing"
    message = mistake["msg"].removeprefix("Value error, ")
    if not key:  # a rule over several keys: its message names them
        return message
    return f"{key}: {message[0].lower()}{message[1:]}, got {mistake['input']!r}"


def _step(models: list[type[BaseModel]], part: Any) -> tuple[list[type[BaseModel]], bool]:
    """The models one step down the path of a mistake; True if the step was a union's tag."""
    inner = [
        found
        for model in models
        if part in model.model_fields
        for found in _models_in(model.model_fields[part].annotation)
    ]
    tagged = [model for model in models if _tag(model) == part]
    if not inner and tagged and len(models) > 1:
        return tagged, True
    return inner or models, False


def _tag(model: type[BaseModel]) -> Any:
    field = model.model_fields.get("source")
    return getattr(field.annotation, "__args__", (None,))[0] if field else None


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """The pydantic models named anywhere in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for arg in getattr(annotation, "__args__", ()) for m in _models_in(arg)]
