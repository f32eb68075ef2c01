"""What the data card and the provenance say of captions."""

from collections.abc import Iterator, Sequence
from typing import Any

from zslcore.data.captions.captions import Captions
from zslcore.data.captions.join import Joined
from zslcore.data.captions.names import some


def describe(captions: Captions, joined: Joined) -> dict[str, Any]:
    """Layout, what was read with its sha256, and how the join went; JSON values."""
    reasons = list(joined.lacking.values())
    return {
        "layout": captions.layout,
        "files": captions.files,
        "sha256": captions.sha256,
        "images": len(joined.images),
        "matched": joined.matched,
        "lacking": {why: reasons.count(why) for why in sorted(set(reasons))},
        "unused": len(joined.unused),
        "empty": captions.noticed.empty,
        "repaired": captions.noticed.repaired,
    }


def notes(captions: Captions, joined: Joined) -> Iterator[str]:
    """Sentences for the data card: how many captions, and whatever is unusual about them."""
    counts = [len(held) for held in joined.captions if held]
    least, most = min(counts, default=0), max(counts, default=0)
    per_image = f"{least}" if least == most else f"{least} to {most}"
    yield (
        f"{len(counts)} of {len(joined.images)} images have captions, {per_image} each (layout "
        f"{captions.layout}, {captions.files} files)."
    )
    seen = captions.noticed
    if seen.empty:
        yield f"{seen.empty} empty captions are left out."
    if seen.repaired:
        yield f"{seen.repaired} bytes of the captions are no UTF-8; they are read as U+FFFD."
    lacking = [joined.images[row] for row in joined.lacking]
    yield from _named(lacking, "images have no caption")
    yield from _named(joined.unused, "images with captions are none of the dataset's")
    yield from _named(seen.merged, "images have several files of captions; all count")
    yield from _named(seen.several, "names occur in several class folders; the class decides")
    yield from _named(
        joined.other_class, "images have their captions in the folder of a class of another number"
    )


def _named(names: Sequence[str], what: str) -> Iterator[str]:
    if names:
        yield f"{len(names)} {what}: {some(list(names))}."
