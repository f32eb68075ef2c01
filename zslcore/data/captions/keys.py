"""Which key of a JSON object, or which column, has the image and which the caption."""

from collections.abc import Sequence
from typing import NamedTuple

from zslcore.data.captions.config import CaptionsConfig

IMAGE_KEYS = ("image", "file_name")
CAPTION_KEYS = ("captions", "caption", "text")


class Keys(NamedTuple):
    """The two keys."""

    image: str
    caption: str


def choose(there: Sequence[str], cfg: CaptionsConfig) -> Keys:
    """The keys that the settings name, or else those that are usual.

    Raises:
        ValueError: there is none, or several that could be meant.
    """
    return Keys(
        _one(there, cfg.image_key, IMAGE_KEYS, "image"),
        _one(there, cfg.caption_key, CAPTION_KEYS, "caption"),
    )


def suit(there: Sequence[str], cfg: CaptionsConfig) -> bool:
    """Whether `choose` finds both."""
    try:
        choose(there, cfg)
    except ValueError:
        return False
    return True


def _one(there: Sequence[str], wanted: str | None, usual: Sequence[str], what: str) -> str:
    names = usual if wanted is None else (wanted,)
    found = [name for name in names if name in there]
    if len(found) == 1:
        return found[0]
    raise ValueError(
        f"{', '.join(found) or 'none of ' + ', '.join(names)} is there for the {what}, among "
        f"{', '.join(there) or 'nothing'}; exactly one must be, or set {what}_key"
    )
