"""Captions put beside images, by the images' names."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zslcore.data.captions.captions import Captions, Entry
from zslcore.data.captions.names import Place, class_number, place, some

Why = Literal["absent", "ambiguous", "empty"]
REASONS: dict[Why, str] = {
    "absent": "of {} nothing has the name",
    "ambiguous": "the names of {} occur in several class folders, none of which is their class",
    "empty": "the captions of {} are all empty",
}


@dataclass(frozen=True)
class Joined:
    """The captions of N images, and what did not match.

    Attributes:
        captions: of each image, N tuples; () where there are none.
        images: the images' files, N.
        path: where the captions are from.
        lacking: why an image, by its row, has no captions; rows ascend. absent = nothing has its
            stem; ambiguous = several class folders have its stem, and no single one is that of its
            class; empty = its captions are all empty.
        unused: images that have captions but are none of these.
        other_class: images whose captions are in the folder of a class with another number.
    """

    captions: tuple[tuple[str, ...], ...]
    images: tuple[str, ...]
    path: Path
    lacking: Mapping[int, Why]
    unused: tuple[str, ...]
    other_class: tuple[str, ...]

    @property
    def matched(self) -> int:
        """How many of the images are among those that have captions, if only empty ones."""
        return len(self.images) - sum(why != "empty" for why in self.lacking.values())


def join(
    captions: Captions, image_files: Sequence[str], class_names: Sequence[str] | None = None
) -> Joined:
    """The captions of each image, matched by stem (no folder, no extension, any case).

    Where class folders share a stem, of images or of captions, the class decides too: the folder
    of the captions is to have its name, or its leading number (releases of CUB spell 17 class
    folders differently).

    Args:
        captions: as read.
        image_files: the path of each image, N, as any machine writes it.
        class_names: the class of each image, N; None = the folder that it is in.

    Raises:
        ValueError: there are not N classes.
    """
    if class_names is not None and len(class_names) != len(image_files):
        raise ValueError(f"{len(class_names)} classes for {len(image_files)} images; one of each")
    found = [place(file) for file in image_files]
    classes = [image.folder for image in found] if class_names is None else class_names
    places = [Place(c, image.stem.lower()) for c, image in zip(classes, found, strict=True)]
    several = Counter(stem for _, stem in {Place(c.lower(), stem) for c, stem in places})
    chosen = [_choose(captions.of.get(p.stem, ()), p.folder, several[p.stem] == 1) for p in places]
    used = {(p.stem, entry) for p, entry in zip(places, chosen, strict=True) if entry}
    held = [(stem, entry) for stem, entries in captions.of.items() for entry in entries]
    return Joined(
        captions=tuple(entry.captions if entry else () for entry in chosen),
        images=tuple(image_files),
        path=captions.path,
        lacking={
            row: _why(p.stem in captions.of, entry)
            for row, (p, entry) in enumerate(zip(places, chosen, strict=True))
            if not entry or not entry.captions
        },
        unused=tuple(str(Place(e.folder, stem)) for stem, e in held if (stem, e) not in used),
        other_class=tuple(
            str(p) for p, e in zip(places, chosen, strict=True) if e and _differ(p.folder, e.folder)
        ),
    )


def require(joined: Joined, rows: Iterable[int]) -> None:
    """Every one of these images has a caption.

    Args:
        joined: of all images.
        rows: those that the splits use.

    Raises:
        ValueError: naming the first images without, how many there are, and why.
    """
    used = sorted(set(map(int, rows)))
    lacking = [row for row in used if row in joined.lacking]
    if not lacking:
        return
    count = Counter(joined.lacking[row] for row in lacking)
    reasons = "; ".join(text.format(count[why]) for why, text in REASONS.items() if count[why])
    raise ValueError(
        f"{len(lacking)} of the {len(used)} images that the split uses have no caption, e.g. "
        f"{some([joined.images[row] for row in lacking])}: {reasons}. Captions are matched by the "
        f"image's name without folder and extension; {len(joined.unused)} images in {joined.path} "
        f"are not in the dataset{_examples(joined.unused)}. Add captions of the missing images, or "
        "take those of the release that the features are of (CUB-200 of 2010 has other images "
        "than CUB-200-2011)"
    )


def _choose(entries: Sequence[Entry], folder: str, alone: bool) -> Entry | None:
    """The captions of an image of this class; `alone` = no other class has an image of its stem."""
    if alone and len(entries) == 1:
        return entries[0]
    same = [entry for entry in entries if entry.folder.lower() == folder.lower()]
    if not same and (number := class_number(folder)) is not None:
        same = [entry for entry in entries if class_number(entry.folder) == number]
    return same[0] if len(same) == 1 else None


def _why(known: bool, entry: Entry | None) -> Why:
    if entry:
        return "empty"
    return "ambiguous" if known else "absent"


def _differ(a: str, b: str) -> bool:
    numbers = {class_number(a), class_number(b)}
    return len(numbers) == 2 and None not in numbers


def _examples(names: Sequence[str]) -> str:
    return f", e.g. {some(list(names))}" if names else ""
