"""What is logged of training steps: named numbers of every seed."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from zslcore.nn.streams import Diverged
from zslcore.runtime.run import Record, Run

Terms = dict[str, Tensor]
"""Of one step, (S,) each."""


def means(steps: Sequence[Terms], epoch: int) -> Terms:
    """The mean of each term over those of an epoch's steps that have it, (S,).

    Looked at once per epoch, as each look stalls a GPU.

    Args:
        steps: in order.
        epoch: counted from 1, for the message.

    Raises:
        Diverged: a term is not finite; it names term, epoch and iteration.
    """
    found: Terms = {}
    for name in dict.fromkeys(name for terms in steps for name in terms):
        at = [i for i, terms in enumerate(steps) if name in terms]
        values = torch.stack([steps[i][name] for i in at])
        finite = values.isfinite().all(1)
        if not finite.all():
            first = at[int(finite.long().argmin())] + 1
            raise Diverged(f"{name} is not finite in epoch {epoch}, iteration {first}")
        found[name] = values.mean(0)
    return found


def log_terms(terms: Mapping[str, Tensor], run: Run, about: Record) -> list[Record]:
    """Log one record per seed, and return them.

    Args:
        terms: (S,) each.
        run: with S seeds.
        about: what all of them begin with.
    """
    columns = {name: term.tolist() for name, term in terms.items()}
    records: list[Record] = []
    for place, seed in enumerate(run.seeds):
        values = {name: column[place] for name, column in columns.items()}
        records.append({**about, "seed": seed, **values})
        run.log(records[-1])
    return records
