"""How captions on disk are read."""

from typing import Annotated, Literal

from pydantic import Field

from zslcore.runtime.params import Params

Layout = Literal[
    "reed_text",
    "reed_hdf5",
    "attngan",
    "json",
    "jsonl",
    "csv",
    "attngan_pickle",
    "stackgan_pickle",
]
Key = Annotated[str, Field(min_length=1)]


class CaptionsConfig(Params):
    """The layout of captions on disk, and what it needs.

    Attributes:
        layout: auto = the one that is found; find.py has what each looks like.
        unpickle: allow the two layouts that are pickles, through a reader that makes nothing but
            lists, dicts, strings and numbers of them.
        image_key: of JSON objects or CSV columns: which has the image's name; None = that of
            `IMAGE_KEYS` which is there.
        caption_key: which has the caption or captions; None = that of `CAPTION_KEYS`.
    """

    layout: Literal["auto"] | Layout
    unpickle: bool
    image_key: Key | None
    caption_key: Key | None
