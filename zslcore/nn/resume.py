"""Training that goes on where it was killed, and ends with the bytes of one that was not."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import torch

from zslcore.runtime.progress import counting
from zslcore.runtime.run import Record, Run

OFTEN = 60.0  # seconds from one checkpoint to the next


class State(Protocol):
    """All that a training changes.

    Attributes:
        epochs: how many are done.
        records: those logged so far.
    """

    epochs: int
    records: list[Record]

    def packed(self) -> dict[str, Any]:
        """The rest of it: tensors, numbers, text, in dicts and lists."""

    def unpack(self, packed: dict[str, Any]) -> None:
        """Set the rest of it as it was."""


def remaining(state: State, count: int, run: Run, name: str) -> Iterator[int]:
    """The epochs that are left of a training, counted from 0; whoever asks does them.

    The state is first set as it was last written, if it ever was, and what led there is logged
    again; between epochs it is written, at most once in `OFTEN` seconds.

    Args:
        state: changed in place, by the caller and here.
        count: epochs of the whole training.
        run: `scratch` is a folder that knows settings and inputs by its name, or None.
        name: of the training; the checkpoint's, too.
    """
    path = None if run.scratch is None else run.scratch / f"{name}.pt"
    if path is not None and path.exists():
        _restore(state, path, run)
    written = time.monotonic()
    with counting(f"{name} training", count - state.epochs, "epochs") as advance:
        for epoch in range(state.epochs, count):
            yield epoch
            advance(1)
            if path is not None and time.monotonic() - written >= OFTEN:
                _write(state, path)
                written = time.monotonic()


def _write(state: State, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    records = [dict(record) for record in state.records]
    torch.save({"epochs": state.epochs, "records": records, "rest": state.packed()}, part)
    os.replace(part, path)


def _restore(state: State, path: Path, run: Run) -> None:
    found = torch.load(path, map_location="cpu", weights_only=True)
    state.epochs, state.records = found["epochs"], found["records"]
    state.unpack(found["rest"])
    for record in state.records:
        run.log(record)
